import { defined } from '../../defined.js'
import { type LocalTime, utc } from '../../text/localTime.js'
import type { MessageText } from '../messageText.js'
import { heightText, withCommas } from '../phrases.js'

/** Converts a sentence of ours so that it can follow the name of a chain. */
export function clauseOf(sentence: string): string {
  return sentence.replace(/^(?:The|No|A|An|It|All|None|Nothing) /, (word) => word.toLowerCase())
}

/** Formats a sentence of ours for people: times in the reader's zone, heights with commas. */
export function asRead(sentence: string, clock: LocalTime): string {
  return withCommas(sentence.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) => clock.full(iso)))
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
