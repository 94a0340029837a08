import { firstValueFrom } from 'rxjs'
import { emptyBlockTime, stepBlockTime } from '../../../src/domain/blocks/blockTime.js'
import {
  isOpen,
  keyOf,
  type Proposal,
  type ProposalKey,
  type ProposalStatus,
} from '../../../src/domain/proposals/proposal.js'
import { type Known, stepDiff } from '../../../src/domain/proposals/stepDiff.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import { isSchedulable } from '../../../src/domain/upgrades/schedule/proposalStage.js'
import { stepPlan } from '../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { compareNodes } from '../../../src/sources/agreement/compareNodes.js'
import { confirmPlan } from '../../../src/sources/agreement/confirmPlan.js'
import type { GovernanceReader, ReadRequest } from '../../../src/sources/governance/GovernanceReader.js'
import { stepSeen } from '../../../src/sources/pollProposals.js'
import { block, reading, upgradeProposal } from '../../support/builders.js'
import { fails, nodeThat } from './nodesGiven.js'

export type Word = ProposalStatus | 'gone'

/** A proposal with a plan: its status from each block on. */
export interface Fate {
  readonly name: string
  readonly height: number
  readonly timeline: readonly (readonly [from: number, word: Word])[]
}

/** What the lying node says of one proposal: in a reading, when it is asked for it, or both. */
export interface Lie {
  readonly word: Word | 'true'
  readonly twist: 'none' | 'low' | 'high' | 'name' | 'noPlan' | 'info'
  readonly when: 'both' | 'read' | 'asked' | 'hide'
}

export interface Poll {
  readonly head: number
  /** Milliseconds since the last poll. */
  readonly wait: number
  readonly nodes: readonly { readonly lag: number; readonly isDown: boolean }[]
  readonly lies: readonly Lie[]
  readonly restarts: boolean
}

export interface Given {
  readonly system: string
  readonly fates: readonly Fate[]
  readonly agreement: number
  readonly liar: number | undefined
}

export function wordAt(at: number, { timeline }: Fate): Word {
  return timeline.findLast(([from]) => from <= at)?.[1] ?? 'gone'
}

const hostOf = (node: number): string => 'abcdef'.charAt(node)
const cursorOf = ({ cursor }: ReadRequest): number => (typeof cursor === 'number' ? cursor : 0)

function told(
  system: string,
  index: number,
  fate: Fate,
  word: Word,
  twist: Lie['twist'],
  at: number,
): Proposal | undefined {
  if (word === 'gone') return undefined
  const height = fate.height + (twist === 'low' ? -20 : twist === 'high' ? 7 : 0)
  const proposal = upgradeProposal(`${index + 1}`, twist === 'name' ? 'odd' : fate.name, height, {
    status: word,
    system,
    readAt: BigInt(at),
    votingEnd: 1_000_000n,
    origin: { block: BigInt(index + 1), hash: '0x1', index },
  })
  const { finding, ...rest } = proposal
  if (twist === 'noPlan' || finding === undefined) return { ...rest, type: 'other' }
  return twist === 'info'
    ? { ...proposal, finding: { ...finding, plan: { ...finding.plan, info: { odd: '1' } } } }
    : proposal
}

/** Nodes that are read like contracts: a reading has the open proposals, and those that changed since the cursor. */
function chainOf({ system, fates, liar }: Given) {
  let now: Poll = { head: 0, wait: 0, nodes: [], lies: [], restarts: false }
  const headOf = (node: number): number => now.head - (now.nodes[node]?.lag ?? 0)
  const lieOf = (node: number, index: number): Lie | undefined => (node === liar ? now.lies[index] : undefined)
  const isDown = (node: number): boolean => now.nodes[node]?.isDown === true
  function saidBy(node: number, index: number, at: number, how: 'read' | 'asked'): Proposal | undefined {
    const fate = fates[index]
    if (fate === undefined) return undefined
    const given = lieOf(node, index)
    const lie = given?.when === 'both' || given?.when === how ? given : undefined
    const word = lie === undefined || lie.word === 'true' ? wordAt(at, fate) : lie.word
    return told(system, index, fate, word, lie?.twist ?? 'none', at)
  }
  function readAt(node: number, request: ReadRequest): GoodReading {
    const cursor = cursorOf(request)
    const at = Math.max(headOf(node), cursor)
    if (at === cursor) return reading(at, [], { cursor })
    const found: Proposal[] = []
    const retracted: ProposalKey[] = []
    for (const [index, { timeline }] of fates.entries()) {
      const known = request.open.find(({ id }) => id === `${index + 1}`)
      const lie = lieOf(node, index)
      const isAsked = known !== undefined && isOpen(known)
      const isLogged = timeline.some(([from]) => from > cursor && from <= at)
      const isInvented = lie?.when === 'both' || lie?.when === 'read'
      if (!isAsked && !isInvented && (!isLogged || lie?.when === 'hide')) continue
      const said = saidBy(node, index, at, 'read')
      if (said !== undefined) found.push(said)
      else if (known !== undefined) retracted.push(keyOf(known))
    }
    return reading(at, found, { retracted, cursor: at })
  }
  const nodeOf = (node: number): GovernanceReader => ({
    ...nodeThat({ host: hostOf(node) }),
    system,
    readBlock: (height) =>
      isDown(node) ? fails() : Promise.resolve(height <= headOf(node) ? block(height) : undefined),
    read: (request) => (isDown(node) ? fails() : Promise.resolve(readAt(node, request))),
    readProposal: (_contract, id) =>
      isDown(node) ? fails() : Promise.resolve(saidBy(node, Number(id) - 1, headOf(node), 'asked')),
  })
  const read = async (request: ReadRequest): Promise<GoodReading> => {
    let refusal: unknown = new Error('All are down.')
    for (const node of now.nodes.keys()) {
      if (isDown(node)) continue
      const found = readAt(node, request)
      try {
        await request.vouch?.({ ...found, host: hostOf(node) })
        return found
      } catch (cause) {
        refusal = cause
      }
    }
    throw refusal
  }
  return { nodeOf, reader: { ...nodeThat({}), system, read }, turn: (next: Poll) => void (now = next) }
}

const unanswered = { defaultValue: { hosts: [], doubt: 'Nobody answers.' } }

/** The plans whose files are written, in the order of their proposals. */
export async function writtenPlans(given: Given, polls: readonly Poll[]): Promise<readonly string[]> {
  const { nodeOf, reader, turn } = chainOf(given)
  const { agreement } = given
  const witnesses = (polls[0]?.nodes ?? []).map((_, node) => nodeOf(node))
  const options = resolvePlanOptions({ minUpgradeDelay: 0, maxConcurrentUpgrades: 10, completion: 'height' })
  let [clock, pace]: [number, typeof emptyBlockTime] = [0, emptyBlockTime]
  let known: Known = { synced: false, proposals: new Map() }
  let upgrades: ReadonlyMap<ProposalKey, Upgrade> = new Map()
  let seen: Parameters<typeof stepSeen>[0] = { proposals: new Map() }
  let caughtUpAt: { head: bigint; time: number } | undefined
  const started = (): GovernanceReader =>
    compareNodes(reader, {
      witnesses,
      agreement,
      known: () => ({ proposals: known.proposals, upgrades }),
      now: () => clock,
    })
  let comparing = started()
  const written: string[] = []
  for (const poll of polls) {
    clock += poll.wait
    turn(poll)
    if (poll.restarts) comparing = started()
    const request = { ...seen, open: [...seen.proposals.values()], signal: new AbortController().signal }
    const good = await comparing.read(request).catch(() => undefined)
    if (good === undefined) continue
    const { head, retracted } = good
    seen = stepSeen(seen, good)
    known = stepDiff(known, good, pace).known
    pace = stepBlockTime(pace, head)
    const event = { head, hostTime: clock, proposals: known.proposals, retracted, blockTime: pace }
    const step = stepPlan({ upgrades }, { type: 'read', ...event, ...(caughtUpAt && { caughtUpAt }) }, options)
    upgrades = step.upgrades
    caughtUpAt = { head: head.number, time: clock }
    for (const due of step.due) {
      const planOf = (told: Proposal) => (isSchedulable(told, options) ? told.finding?.plan : undefined)
      const { doubt } = await firstValueFrom(confirmPlan(due, { readers: witnesses, agreement, planOf }), unanswered)
      if (doubt !== undefined) continue
      written.push(`${due.name} at ${due.height}, ${JSON.stringify(due.info)}`)
      const outcome = { key: due.key, result: 'written' } as const
      upgrades = stepPlan({ upgrades }, { type: 'wrote', outcome, head, hostTime: clock }, options).upgrades
    }
  }
  return written.toSorted()
}
