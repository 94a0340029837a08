import { defined } from '../../defined.js'
import type { Verdict } from '../../readiness/check.js'
import { type LocalTime, utc } from '../../text/localTime.js'
import { isoOfMs } from '../../text/time.js'
import { type ExampleOptions, examplePlan } from '../examples/exampleChain.js'
import { atDue, dueWords } from '../phrases.js'
import { type EventDeclaration, event, over } from './eventDeclaration.js'
import { partSubject, planSubject } from './planSubject.js'
import { type ArrivalData, arrivalLines, asRead, clauseOf, planFacts, upgradeLinks } from './sentences.js'

/** The result of the checks before the height of an upgrade. */
export type PreflightData = {
  readonly key: string
  readonly contract: string
  readonly proposalId: string | null
  readonly name: string
  readonly height: number | null
  readonly time: string | null
  readonly verdict: Verdict
  /** How long before the height, as configured; null for a check in between. */
  readonly lead: string | null
  readonly checks: readonly {
    readonly id: string
    readonly verdict: Verdict
    readonly reason: string
    readonly todo: string | null
  }[]
  readonly checkedAt: string
  /** As in `UpgradeData`. An earlier version does not write them. */
  readonly blocksLeft?: string | null
  readonly eta?: string | null
}

const titles: Readonly<Record<Verdict, string>> = {
  ready: 'is ready',
  not_ready: 'is not ready',
  unknown: 'may not be ready',
}

const words: Pick<EventDeclaration<PreflightData>, 'title' | 'message' | 'say' | 'subject'> = {
  title: (data) => titleOf(data, utc),
  message: (data, { chain, timestamp }) => [
    `${chain}: ${preflightLines(data.checks)
      .map(({ reason, todo }, at) => [at === 0 ? clauseOf(reason) : reason, todo ?? ''].join(' ').trimEnd())
      .map((line) => asRead(line, utc))
      .join('\n')}`,
    ...arrivalLines(arrivalOf(data), { from: timestamp, isLate: false }, utc),
  ],
  say: (data, _, { clock, from }) => ({
    // A title without a time is that of the notification.
    ...defined({ title: data.height === null ? titleOf(data, clock) : undefined }),
    lines: [
      ...preflightLines(data.checks).map(({ reason }, at) => asRead(at === 0 ? clauseOf(reason) : reason, clock)),
      ...arrivalLines(arrivalOf(data), from, clock),
    ],
    facts: [...planFacts(data, clock), { name: 'Checked', value: checkedText(data, clock) }],
    about: upgradeLinks(data),
    ...defined({ advice: adviceOf(data, clock) }),
  }),
  // It has a subject of its own, because being ready does not end the upgrade.
  subject: (data, chain) => partSubject(planSubject(data, chain), 'preflight'),
}

export const preflightEvents = {
  preflight_failed: event<PreflightData>({
    ...words,
    priority: 'critical',
    when: 'a check [before the height](preflight.md) found that an upgrade is not ready; high if a check could not be made',
    example: (options) =>
      lookAt(options, 'not_ready', (path) => ({
        reason: `The new binary is not staged: ${path} does not exist.`,
        todo: `Put the binary at ${path}/bin/noded.`,
      })),
  }),
  preflight_passed: event<PreflightData>({
    ...words,
    priority: 'low',
    when: 'all checks before the height found that an upgrade is ready',
    standing: over,
    example: (options) =>
      lookAt(options, 'ready', (path) => ({ reason: `${path}/bin/noded exists and is executable.`, todo: null })),
  }),
}

function titleOf(data: PreflightData, clock: LocalTime): string {
  return `Upgrade ${data.name} ${atDue(data, clock)} ${titles[data.verdict]}`
}

function arrivalOf(data: PreflightData): ArrivalData {
  const { blocksLeft = null, eta = null } = { ...data }
  return { height: data.height, blocksLeft, eta }
}

/** Returns when the checks were made, and for when they were due. They may be late, after a restart for example. */
function checkedText({ checkedAt, lead, height }: PreflightData, clock: LocalTime): string {
  const due = lead === null ? '' : ` (due ${leadText(lead)} before the ${height === null ? 'time' : 'height'})`
  return `${clock.full(checkedAt)}${due}`
}

/** Returns a configured duration in the words of messages: `30 min` for `30m`. */
function leadText(lead: string): string {
  return lead.replace(/(\d)m\b/g, '$1 min').replace(/(\d)([a-z])/g, '$1 $2')
}

/** Returns what did not pass and what to do about each; a single line if everything passed. */
function preflightLines(
  checks: PreflightData['checks'],
): readonly Pick<PreflightData['checks'][number], 'reason' | 'todo'>[] {
  const bad = checks.filter(({ verdict }) => verdict !== 'ready')
  return bad.length === 0 ? [{ reason: 'everything that the upgrade needs is in place.', todo: null }] : bad
}

/** Returns everything that must be done, in the order of the checks, and the deadline. */
function adviceOf(data: PreflightData, clock: LocalTime): string | undefined {
  if (data.verdict === 'ready') return undefined
  const todos = new Set(
    data.checks.flatMap(({ verdict, todo }) => (verdict === 'ready' || todo === null ? [] : [todo])),
  )
  const ask = `Fix this before ${dueWords(data, clock)}, then run govstream preflight again.`
  return [...[...todos].map((todo) => asRead(todo, clock)), ask].join(' ')
}

function lookAt(
  options: ExampleOptions,
  verdict: Verdict,
  told: (path: string) => Pick<PreflightData['checks'][number], 'reason' | 'todo'>,
): PreflightData {
  const plan = examplePlan(options)
  return {
    ...plan,
    verdict,
    lead: '1h',
    checks: [{ id: 'binary', verdict, ...told(`/var/lib/node/cosmovisor/upgrades/${plan.name}`) }],
    checkedAt: isoOfMs(options.now),
    blocksLeft: '1200',
    eta: isoOfMs(options.now + 3_600_000),
  }
}
