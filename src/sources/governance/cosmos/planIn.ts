import { agreed } from '../../../domain/plans/combinePlans.js'
import type { PlanFinding } from '../../../domain/plans/plan.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { readPlan } from '../../../domain/plans/readPlan.js'
import { type Message, kindOfMessage } from '../cosmosSdk/messages.js'
import { secondsOf } from '../cosmosSdk/scalars.js'

/**
 * The plan in the messages of a proposal, if one schedules an upgrade. Two that disagree are a problem of the
 * finding, though the chain takes the last one: nobody should have to guess which was voted for.
 */
export function planIn(messages: readonly Message[]): PlanFinding | undefined {
  return agreed(
    messages.flatMap(({ type, body }): readonly PlanFinding[] => {
      const plan = body['plan']
      return kindOfMessage(type) === 'upgrade' && isJsonObject(plan) ? [findingOf(plan, 'call')] : []
    }),
  )
}

const maxSpelled = 1_000

/** The name as the chain spells it, where it is shown otherwise: empty where it is too long to be asked for. */
export function spellingOf(plan: Readonly<Record<string, unknown>>, shown: string): { readonly spelled?: string } {
  const name = plan['name']
  return typeof name !== 'string' || name === shown ? {} : { spelled: name.length > maxSpelled ? '' : name }
}

/** The same for the plan that the messages of a proposal carry. */
export function spellingIn(messages: readonly Message[], shown: string): { readonly spelled?: string } {
  const plan = messages.findLast(({ type, body }) => kindOfMessage(type) === 'upgrade' && isJsonObject(body['plan']))
    ?.body['plan']
  return isJsonObject(plan) ? spellingOf(plan, shown) : {}
}

/** A plan as x/upgrade writes it. One bound to a time cannot be scheduled: signal proposals and old chains have them. */
export function findingOf(plan: Readonly<Record<string, unknown>>, origin: PlanFinding['origin']): PlanFinding {
  const { plan: read, problems } = readPlan(plan)
  const time = secondsOf(plan['time'])
  const bound = 'The plan is bound to a time, not to a height: no block can be waited for.'
  return { plan: read, origin, problems: time === undefined ? problems : [bound, ...problems] }
}
