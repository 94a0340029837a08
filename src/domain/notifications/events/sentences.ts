import { defined } from '../../defined.js'
import { type LocalTime, utc } from '../../text/localTime.js'
import type { MessageText } from '../messageText.js'
import { heightText, withCommas } from '../phrases.js'

/** A sentence of ours as it follows upon the name of a chain. */
export function clauseOf(sentence: string): string {
  return sentence.replace(/^(?:The|No|A|An|It|All|None|Nothing) /, (word) => word.toLowerCase())
}

/** A sentence of ours as people read it: moments in the zone of the reader, heights with commas. */
export function asRead(sentence: string, clock: LocalTime): string {
  return withCommas(sentence.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) => clock.full(iso)))
}

interface PlanParts {
  readonly name: string
  readonly height: number | null
  /** ISO 8601; there where it has no height. */
  readonly time?: string | null
}

/** The plan that a message is about, apart. */
export function planFacts(plan: PlanParts, clock: LocalTime = utc): MessageText['facts'] {
  return [
    { name: 'Upgrade', value: plan.name },
    plan.height === null
      ? { name: 'Time', value: clock.full(plan.time ?? '') }
      : { name: 'Height', value: heightText(plan.height) },
  ]
}

/** Where the links of a message about an upgrade lead to. */
export function upgradeLinks({
  proposalId,
  height,
}: {
  readonly proposalId: string | null
  readonly height: number | null
}): MessageText['about'] {
  // An explorer has a page of the block only once the chain has made it.
  return defined({ id: proposalId ?? undefined, height: height ?? undefined })
}
