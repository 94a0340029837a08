import { listText } from '../../text/listText.js'
import type { LocalTime } from '../../text/localTime.js'
import type { MessageText } from '../messageText.js'
import { countText, heightText, shortId } from '../phrases.js'
import { asRead } from './sentences.js'

/** How nodes differ about a proposal, or about the blocks of the chain. */
export type DisagreementData = {
  /** Null for `branch`, which is not about a proposal. */
  readonly key: string | null
  readonly contract: string | null
  readonly proposalId: string | null
  /**
   * `content`: the nodes report different content. `hidden`: the hosts in `odd` do not report the proposal, or not its
   * open or final status. `fork`: the hosts in `odd` would not run the fork that others announce. `branch`: the nodes
   * have different blocks at `height`.
   */
  readonly about: 'content' | 'hidden' | 'fork' | 'branch'
  /** Hosts that report the same, and the plan they report, if any. The largest group comes first. */
  readonly sides: readonly {
    readonly hosts: readonly string[]
    readonly plan: { readonly name: string; readonly height: number } | null
  }[]
  /** Hosts that contradict the majority of three or more; empty if there is no such majority. */
  readonly odd: readonly string[]
  /** True if enough nodes agree for their version to be used. */
  readonly isSettled: boolean
  /** For `fork`: its name and time, and what each of the hosts in `odd` reports instead. */
  readonly fork: { readonly name: string; readonly time: string | null; readonly reasons: readonly string[] } | null
  /** For `branch`: a height at which the blocks of the nodes differ. */
  readonly height: string | null
}

/** Names what the nodes differ about. */
export function disputedItem({ proposalId }: DisagreementData): string {
  return proposalId === null ? 'an announced upgrade' : `proposal ${shortId(proposalId)}`
}

/** Returns which nodes report what, and what follows from it. */
export function disagreementLines(data: DisagreementData, clock: LocalTime): readonly string[] {
  if (data.about === 'fork') return forkLines(data.fork, clock)
  if (data.about === 'branch') return branchLines(data)
  const { about, sides, isSettled } = data
  if (about === 'hidden') {
    const [{ hosts } = { hosts: [] }] = sides
    return [
      `${listText(hosts)} ${hosts.length === 1 ? 'does' : 'do'} not report ${disputedItem(data)}, or not in the status that the other nodes agree on.`,
      'govstream uses what the others report.',
    ]
  }
  const texts = sides.map(({ plan }) =>
    plan === null ? 'no plan' : `${plan.name} at height ${heightText(plan.height)}`,
  )
  const isSamePlan = new Set(texts).size < texts.length
  const told = sides.map(
    ({ hosts }, at) => `${listText(hosts)} ${hosts.length === 1 ? 'reports' : 'report'} ${texts[at] ?? ''}`,
  )
  return [
    `${told.join('; ')}.`,
    ...(sides.length === 1 ? ['The other nodes do not report it.'] : []),
    ...(isSamePlan ? ['Nodes with the same plan differ in its info or in the description.'] : []),
    isSettled
      ? 'govstream uses what most nodes report.'
      : 'govstream does not act on the plan until enough nodes agree.',
  ]
}

/** Returns what each side reports, with its nodes, and what it is about. */
export function disagreementFacts({ about, proposalId, sides }: DisagreementData): MessageText['facts'] {
  const named = sides.map(({ hosts, plan }) => ({
    name: plan === null ? 'Without a plan' : `${plan.name} at ${heightText(plan.height)}`,
    value: listText(hosts),
  }))
  return [
    ...(about === 'content' ? named : []),
    ...(proposalId === null ? [] : [{ name: 'Proposal', value: shortId(proposalId) }]),
  ]
}

function branchLines({ sides, odd, height }: DisagreementData): readonly string[] {
  const groups = sides.map(
    ({ hosts }, at) => `${listText(hosts)} ${hosts.length === 1 ? 'has' : 'have'} ${at === 0 ? 'one' : 'another'}`,
  )
  const who = odd.length === 0 ? '' : ` ${listText(odd)} ${odd.length === 1 ? 'is' : 'are'} alone against most of them.`
  return [
    `at height ${countText(BigInt(height ?? '0'))} the nodes have different blocks: ${groups.join(', ')}.${who}`,
    'govstream may be reading a branch that the chain will abandon.',
  ]
}

function forkLines(fork: DisagreementData['fork'], clock: LocalTime): readonly string[] {
  if (fork === null) return []
  return [
    `the nodes do not agree on ${fork.name}, which is due on ${clock.full(fork.time ?? '')}.`,
    ...fork.reasons.map((reason) => asRead(reason, clock)),
  ]
}

/** Returns what to do about it. */
export function disagreementAdvice({ about, odd }: DisagreementData): string {
  if (about === 'fork') return 'Update the named nodes before then, or find out whether the others are wrong.'
  if (about === 'branch')
    return 'Find out with an explorer which branch is right, and remove the other nodes from rpc.urls until they follow it.'
  return odd.length === 0
    ? 'Find out with an explorer which node is right, and remove the others from rpc.urls.'
    : `Check ${listText(odd)}: ${odd.length === 1 ? 'its' : 'their'} answers cannot be trusted.`
}
