import type { HealthState } from '../../health.js'
import { listText } from '../../text/listText.js'
import { type LocalTime, utc } from '../../text/localTime.js'
import { durationText, isoOfMs } from '../../text/time.js'
import { type ExampleOptions, at, examplePlan } from '../examples/exampleChain.js'
import type { MessageText } from '../messageText.js'
import { countText } from '../phrases.js'
import {
  disagreementAdvice,
  type DisagreementData,
  disagreementFacts,
  disagreementLines,
  disputedItem,
} from './disagreementTexts.js'
import { event, over } from './eventDeclaration.js'
import { clauseOf, asRead } from './sentences.js'

/** How well the chain can be read. */
export type HealthData = {
  readonly state: HealthState
  /** The last head that was read. */
  readonly block: string | null
  readonly since: string
  readonly lastGoodPoll: string | null
  readonly problem: string | null
  /** True if the problem is that the head of the node is below what was read before. */
  readonly wentBack: boolean
  /** When the trouble began, which may be before the present state. */
  readonly troubleSince: string
  /** Host time since which no poll has failed; null while the trouble lasts. */
  readonly troubleUntil: string | null
  /** True if the chain is not watched any more, so that nothing about it is kept up to date. @defaultValue false */
  readonly unwatched?: boolean
}

export const sourceEvents = {
  source_down: event<HealthData>({
    priority: 'high',
    when: 'a chain could not be read for `monitor.downAfter`, has halted, or went back to an older block',
    title: ({ wentBack, state }, { chain }) =>
      `${chain} ${wentBack ? 'went back' : state === 'down' ? 'cannot be read' : 'stands still'}`,
    message: (data, { chain }) => [`${chain}: ${problemText(data, chain, utc)}`, unseenLine(chain)],
    say: (data, { chain }, { clock }) => ({
      lines: [problemText(data, chain, clock), unseenLine(chain)],
      facts: healthFacts(data, clock),
      about: {},
      advice: 'Check the node, or add another one to rpc.urls.',
    }),
    example: (options) => healthAt(options, { isDown: true }),
  }),
  source_recovered: event<HealthData>({
    priority: 'medium',
    when: 'a chain can be read again, and no poll has failed for four times `monitor.downAfter` (failures before that belong to the same outage)',
    title: (data, { chain }) => (isUnwatched(data) ? `${chain} is not watched any more` : `${chain} is back`),
    message: (data, { chain, timestamp }) => [
      isUnwatched(data) ? `${chain}: ${unwatchedText}` : `${chain} ${recoveredText(data, timestamp)}`,
    ],
    say: (data, { timestamp }, { clock }) =>
      isUnwatched(data) ? { lines: [unwatchedText], facts: [], about: {} } : recovered(data, timestamp, clock),
    standing: over,
    example: (options) => healthAt(options, { isDown: false }),
  }),
  endpoints_disagree: event<DisagreementData>({
    priority: 'high',
    when: 'nodes contradict each other. With `rpc.agreement` above 1: they report different contents of a proposal, or one does not report it (with three or more nodes, the message names the one that differs). With several `rpc.urls`: they have had different blocks at one height for two minutes. With [fork-config](fork-config.md): some are not ready for a fork that others report',
    title: (data, { chain }) =>
      data.about === 'fork'
        ? `Not every node is ready for ${data.fork?.name ?? 'the next fork'}`
        : data.about === 'branch'
          ? `The nodes of ${chain} follow different branches`
          : data.odd.length === 0
            ? `The nodes do not agree on ${disputedItem(data)}`
            : `${listText(data.odd)} ${data.odd.length === 1 ? 'contradicts' : 'contradict'} the other nodes on ${disputedItem(data)}`,
    message: (data, { chain }) => [`${chain}: ${disagreementLines(data, utc).join(' ')}`, disagreementAdvice(data)],
    say: (data, _, { clock }) => ({
      lines: disagreementLines(data, clock),
      facts: disagreementFacts(data),
      about: data.proposalId === null ? {} : { id: data.proposalId },
      advice: disagreementAdvice(data),
    }),
    example: (options) => {
      const { key, contract, proposalId, name, height } = examplePlan(options)
      const sides = [
        { hosts: ['first.example', 'second.example'], plan: { name, height } },
        { hosts: ['third.example'], plan: { name, height: height - 900 } },
      ]
      return {
        key,
        contract,
        proposalId,
        about: 'content',
        sides,
        odd: ['third.example'],
        isSettled: true,
        fork: null,
        height: null,
      }
    },
  }),
}

function problemText({ problem }: HealthData, chain: string, clock: LocalTime): string {
  return clauseOf(asRead(withoutChain(problem ?? 'No answer.', chain), clock))
}

/** Shortens "HOST of CHAIN cannot be reached", because the message begins with the name of the chain. */
function withoutChain(problem: string, chain: string): string {
  const named = ` of ${chain} `
  const at = problem.indexOf(named)
  const isFirst = at > 0 && !problem.slice(0, at).includes(' ')
  return isFirst ? `${problem.slice(0, at)} ${problem.slice(at + named.length)}` : problem
}

function recovered(data: HealthData, timestamp: string, clock: LocalTime): MessageText {
  return {
    lines: [`it ${recoveredText(data, timestamp)}`],
    // The labels say "Down", because next to "is back" a plain "since" would mean the time of the recovery.
    facts: [
      { name: 'Down since', value: clock.full(data.troubleSince) },
      { name: 'Down until', value: clock.full(data.troubleUntil ?? timestamp) },
      ...lastFacts(data, clock),
    ],
    about: {},
  }
}

const unwatchedText = 'govstream does not watch this chain any more. This message is not kept up to date.'

// Data of former versions does not have it.
function isUnwatched(data: HealthData): boolean {
  return 'unwatched' in data && data.unwatched
}

function recoveredText(data: HealthData, timestamp: string): string {
  const head = data.block === null ? '' : `; its head is block ${countText(BigInt(data.block))}`
  return `can be read again after ${troubleText(data, timestamp)}${head}.`
}

/** Returns the consequence of a chain that cannot be read. */
function unseenLine(chain: string): string {
  return `govstream sees no upgrades and votes of ${chain} until this is fixed.`
}

/** Returns how long the chain could not be read. */
function troubleText({ troubleSince, troubleUntil }: HealthData, timestamp: string): string {
  const lasted = Math.round((Date.parse(troubleUntil ?? timestamp) - Date.parse(troubleSince)) / 1000)
  return durationText(Math.max(0, lasted))
}

function healthFacts(data: HealthData, clock: LocalTime): MessageText['facts'] {
  return [{ name: 'Since', value: clock.full(data.since) }, ...lastFacts(data, clock)]
}

function lastFacts({ lastGoodPoll, block }: HealthData, clock: LocalTime): MessageText['facts'] {
  return [
    ...(lastGoodPoll === null ? [] : [{ name: 'Last answer', value: clock.full(lastGoodPoll) }]),
    ...(block === null ? [] : [{ name: 'Last block', value: countText(BigInt(block)) }]),
  ]
}

function healthAt({ now }: ExampleOptions, { isDown }: { readonly isDown: boolean }): HealthData {
  const since = isoOfMs(now - 120_000)
  return {
    state: isDown ? 'down' : 'up',
    block: at.toString(),
    since,
    lastGoodPoll: isDown ? since : isoOfMs(now),
    problem: isDown ? `No node answered since ${since}: connection refused.` : null,
    wentBack: false,
    troubleSince: since,
    troubleUntil: isDown ? null : isoOfMs(now),
  }
}
