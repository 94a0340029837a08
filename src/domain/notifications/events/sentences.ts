import { defined } from '../../defined.js'
import { type LocalTime, utc, type Viewpoint } from '../../text/localTime.js'
import type { MessageText } from '../messageText.js'
import { blocksText, heightText, withCommas } from '../phrases.js'

/** Converts a sentence of ours so that it can follow the name of a chain. */
export function clauseOf(sentence: string): string {
  return sentence.replace(/^(?:The|No|A|An|It|All|None|Nothing) /, (word) => word.toLowerCase())
}

/** Formats a sentence of ours for people: times in the reader's zone, heights with commas. */
export function asRead(sentence: string, clock: LocalTime): string {
  return withCommas(
    sentence.replace(
      /\b(at )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/g,
      (_, at: string | undefined, iso: string) => `${at === undefined ? '' : 'on '}${clock.full(iso)}`,
    ),
  )
}

interface PlanParts {
  readonly name: string
  readonly height: number | null
  /** ISO 8601; present if the plan has no height. */
  readonly time?: string | null
}

/** Returns the plan of a message as separate facts. */
export function planFacts(plan: PlanParts, clock: LocalTime = utc): MessageText['facts'] {
  return [
    { name: 'Upgrade', value: plan.name },
    plan.height === null
      ? { name: 'Time', value: clock.full(plan.time ?? '') }
      : { name: 'Height', value: heightText(plan.height) },
  ]
}

/** How far away the height or the time of an upgrade was, where it was ahead. */
export type ArrivalData = {
  readonly height: number | null
  readonly blocksLeft: string | null
  readonly eta: string | null
}

/** Returns when the height, or the time, of an upgrade that is ahead will come. */
export function arrivalLines(
  { height, blocksLeft, eta }: ArrivalData,
  { from, isLate }: Viewpoint,
  clock: LocalTime,
): readonly string[] {
  const isAhead = eta === null || Date.parse(eta) > Date.parse(from)
  if (height === null)
    return eta === null
      ? []
      : [`Its time ${isAhead ? `comes ${clock.ahead(eta, from, true)}` : `was ${clock.full(eta)}`}.`]
  if (blocksLeft === null) return []
  const comes = eta === null ? 'is ahead' : isAhead ? `comes ${clock.ahead(eta, from)}` : `was due ${clock.full(eta)}`
  return [`Block ${heightText(height)} ${comes}${isLate ? '' : `: ${blocksText(BigInt(blocksLeft))} to go`}.`]
}

/** Returns what the links of a message about an upgrade lead to. */
export function upgradeLinks({
  proposalId,
  height,
}: {
  readonly proposalId: string | null
  readonly height: number | null
}): MessageText['about'] {
  // An explorer has a page for the block only after it was produced.
  return defined({ id: proposalId ?? undefined, height: height ?? undefined })
}
