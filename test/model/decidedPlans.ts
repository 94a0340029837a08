import { firstBlock, isSame, type Plan, type System } from './story.js'

// What a chain decided on, and when.

export const timelyUsually = { blocks: 25, seconds: 60 }

/** The plans that were in force in good time before their heights, and at them. */
export function decidedPlans<Truth, Lie>(system: System<Truth, Lie>, truth: Truth, last: number): readonly Plan[] {
  return inForceEver(system, truth, last).filter((plan) => isInGoodTime(system, truth, plan, last))
}

function isInGoodTime<Truth, Lie>(
  { inForce, timely = timelyUsually }: System<Truth, Lie>,
  truth: Truth,
  plan: Plan,
  last: number,
): boolean {
  return Array.from({ length: timely.blocks + 1 }, (_, before) => plan.height - before).every(
    (newest) => newest <= last && inForce(truth, newest).some((one) => isSame(one, plan)),
  )
}

/**
 * The plans that were decided shortly before their heights, and that the chain took back after them, as a reorg does.
 * Only a monitor that read their few blocks knows of them.
 */
export function undonePlans<Truth, Lie>(system: System<Truth, Lie>, truth: Truth, last: number): readonly Plan[] {
  const final = system.inForce(truth, last)
  return Array.from({ length: last - firstBlock + 1 }, (_, after) => firstBlock + after).flatMap((newest) =>
    system
      .inForce(truth, newest)
      .filter(
        (plan) =>
          plan.height === newest && !final.some((one) => isSame(one, plan)) && !isInGoodTime(system, truth, plan, last),
      ),
  )
}

/** The plans in force at the end, and at the heights of those. */
export function inForceEver<Truth, Lie>(
  { inForce }: Pick<System<Truth, Lie>, 'inForce'>,
  truth: Truth,
  last: number,
): readonly Plan[] {
  const all = inForce(truth, last)
  const heights = new Set(all.map(({ height }) => height))
  const more = [...heights].flatMap((height) => inForce(truth, height))
  return [...all, ...more.filter((plan) => !all.some((one) => isSame(one, plan)))]
}
