import { defined } from '../../defined.js'
import { type LocalTime, utc, type Viewpoint } from '../../text/localTime.js'
import { isUnproposed } from '../../proposals/announced.js'
import { isOwn } from '../../upgrades/upgrade.js'
import type { MessageFact } from '../messageText.js'
import { asSentence, countText, proposalText, shortId } from '../phrases.js'
import { type EventDeclaration, event } from './eventDeclaration.js'
import { arrivalLines, asRead, planFacts, upgradeLinks } from './sentences.js'
import { isAnnounced, isConfigured, type SwitchData, type UpgradeData } from './upgradeData.js'

/** The specific parts of one upgrade event; all other parts are the same for all of them. */
export interface UpgradeEventParts<Data extends UpgradeData> extends Pick<
  EventDeclaration<Data>,
  'priority' | 'when' | 'example' | 'standing'
> {
  /** `what` is the name of the plan, with a note if it is the operator's own. */
  readonly title: (data: Data, what: string, clock: LocalTime) => string
  /** Says what happened, as a clause that ends with a full stop. `name` is the name of the plan. */
  readonly detail: (data: Data, name: string, clock: LocalTime) => string
  /** Returns what the reader should do, in one or more sentences. @defaultValue nothing */
  readonly advice?: (data: Data, name: string) => string
}

const unnamed = 'an unnamed plan'

/** Returns the name of a plan for use in a sentence. */
export function planName({ name }: Pick<UpgradeData, 'name'>): string {
  return name || unnamed
}

/** Declares an event of an upgrade. */
export function upgradeEvent<Data extends UpgradeData>({
  priority,
  when,
  example,
  standing,
  title,
  detail,
  advice,
}: UpgradeEventParts<Data>): EventDeclaration<Data> {
  // Reasons come before the time, because previews and short messages show only the beginning.
  const linesOf = (data: Data, from: Viewpoint, clock: LocalTime): readonly string[] => [
    ...data.reasons.map((reason) => asSentence(reason, planName(data))),
    ...arrivalLines(data, from, clock),
  ]
  const titleOf = (data: Data, clock: LocalTime): string =>
    title(data, `${planName(data)}${isOwn(data) ? ' (your own plan)' : ''}`, clock)
  return event<Data>({
    priority,
    when,
    title: (data) => titleOf(data, utc),
    message: (data, { chain, timestamp }) => {
      const name = planName(data)
      const todo = advice === undefined ? '' : ` ${advice(data, name)}`
      return [
        asRead(`${chain}: ${detail(data, name, utc)}${todo}`, utc),
        ...linesOf(data, { from: timestamp, isLate: false }, utc).map((line) => asRead(line, utc)),
        sourceLine(data),
      ]
    },
    say: (data, _, { clock, from }) => ({
      // A title without a time is that of the notification.
      ...defined({ title: data.height === null ? titleOf(data, clock) : undefined }),
      lines: [detail(data, planName(data), clock), ...linesOf(data, from, clock)].map((line) => asRead(line, clock)),
      facts: facts(data, clock),
      about: upgradeLinks(data),
      ...defined({ advice: advice?.(data, planName(data)) }),
    }),
    example,
    ...defined({ standing }),
  })
}

/** Returns who asked for the upgrade. */
function sourceLine(data: UpgradeData): string {
  const { contract, addedBy } = data
  if (isOwn(data))
    return `Your own plan, ${addedBy === null ? 'from the configuration' : `added by ${addedBy}`}: no vote decided it.`
  if (isConfigured(data)) return 'From the configuration of the nodes: no vote decided it.'
  if (isAnnounced(data)) return `Announced by the contract ${contract}: no vote decided it.`
  if (isUnproposed(data)) return 'Scheduled by the chain itself: no known proposal asked for it.'
  return `${proposalText(data)}.`
}

function sourceText(data: UpgradeData): string {
  const { proposalId, kind } = data
  if (isUnproposed(data)) return 'none known: scheduled by the chain itself'
  if (proposalId !== null) return shortId(proposalId)
  if (isConfigured(data)) return 'none: from the configuration of the nodes'
  return kind === 'coordinated' ? 'none: a plan of your own' : 'none: announced by its contract'
}

function facts(data: UpgradeData | SwitchData, clock: LocalTime): readonly MessageFact[] {
  const versions =
    'oldVersion' in data
      ? [
          { name: 'Version before', value: data.oldVersion },
          { name: 'Version now', value: data.newVersion },
        ]
      : []
  return [
    ...planFacts(data, clock),
    { name: 'Expected', value: data.eta === null || data.height === null ? null : clock.full(data.eta) },
    { name: 'Chain is at', value: data.block === null ? null : `block ${countText(BigInt(data.block))}` },
    ...versions,
    { name: 'File', value: data.file === 'written' ? 'written' : null },
    { name: 'Proposal', value: sourceText(data) },
  ].flatMap(({ name, value }) => (value === null || value === '' ? [] : [{ name, value }]))
}
