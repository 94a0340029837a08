import type { HealthState } from '../../health.js'
import type { LocalTime } from '../../text/localTime.js'
import { durationText, isoOfMs } from '../../text/time.js'
import { type ExampleOptions, at } from '../examples/exampleChain.js'
import type { MessageText } from '../messageText.js'
import { countText } from '../phrases.js'
import { event, over } from './eventDeclaration.js'
import { clauseOf, withLocalTimes } from './sentences.js'

/** How well the chain can be read. */
export type HealthData = {
  readonly state: HealthState
  /** The last head that was read. */
  readonly block: string | null
  readonly since: string
  readonly lastGoodPoll: string | null
  readonly problem: string | null
  /** The trouble is that the node stands below what was read before. */
  readonly wentBack: boolean
  /** When the trouble began, which may be before the present state. */
  readonly troubleSince: string
  /** Since when no poll has failed; null while the trouble lasts. */
  readonly troubleUntil: string | null
}

export const sourceEvents = {
  source_down: event<HealthData>({
    priority: 'high',
    when: 'a chain could not be read for `monitor.downAfter`, stands still, or went back to an older block',
    title: ({ wentBack, state }, { chain }) =>
      `${chain} ${wentBack ? 'went back' : state === 'down' ? 'cannot be read' : 'stands still'}`,
    message: ({ problem }, { chain }) => [problem ?? 'No answer.', unseenLine(chain)],
    say: (data, { chain }, { clock }) => ({
      lines: [clauseOf(withLocalTimes(data.problem ?? 'no answer.', clock)), unseenLine(chain)],
      facts: healthFacts(data, clock),
      about: {},
      advice: 'Look at the node, or give govstream another one to ask.',
    }),
    example: (options) => healthAt(options, { isDown: true }),
  }),
  source_recovered: event<HealthData>({
    priority: 'medium',
    when: 'it can be read again, and no poll has failed for four times `monitor.downAfter`; what comes and goes before is the same trouble',
    title: (_, { chain }) => `${chain} is back`,
    message: ({ block, troubleSince, troubleUntil }, { chain, timestamp }) => {
      const lasted = Math.round((Date.parse(troubleUntil ?? timestamp) - Date.parse(troubleSince)) / 1000)
      const stand = block === null ? '' : `; its head is block ${block}`
      return [`${chain} can be read again after ${durationText(Math.max(0, lasted))}${stand}.`]
    },
    say: (data, _, { clock }) => {
      const head = data.block === null ? '' : `; its head is block ${countText(BigInt(data.block))}`
      return { lines: [`it can be read again${head}.`], facts: healthFacts(data, clock), about: {} }
    },
    standing: over,
    example: (options) => healthAt(options, { isDown: false }),
  }),
}

/** What it means that a chain cannot be read. */
function unseenLine(chain: string): string {
  return `Upgrades and votes of ${chain} are not seen until this is over.`
}

function healthFacts({ since, lastGoodPoll, block }: HealthData, clock: LocalTime): MessageText['facts'] {
  return [
    { name: 'Since', value: clock.full(since) },
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
