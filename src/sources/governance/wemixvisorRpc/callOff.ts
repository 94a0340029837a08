import { keyOf } from '../../../domain/proposal.js'
import type { PlanVerdict } from '../../../domain/reading.js'
import { contract } from './contract.js'
import type { CalledOff } from './cursor.js'
import type { Decoded } from './decodeProposal.js'

/**
 * The plans that a passed cancellation has called off. It ends what was scheduled then: the plan of the proposal that
 * passed last before it.
 *
 * What was called off once stays so, also where one of the two proposals is not read this time; only a cancellation
 * that is read and has not passed after all takes it back.
 */
export function callOff(known: readonly CalledOff[], all: readonly Decoded[]): readonly CalledOff[] {
  const passed = all.filter(hasPassed)
  const undone = new Set(all.filter((one) => one.isCancellation && !hasPassed(one)).map(({ proposal: { id } }) => id))
  const kept = known.filter(({ by }) => !undone.has(by))
  const told = new Set(kept.map(({ by }) => by))
  const added = passed
    .filter(({ isCancellation, proposal: { id } }) => isCancellation && !told.has(id))
    .flatMap(({ proposal: { id: by, votingEnd: canceledAt } }): readonly CalledOff[] => {
      const [last] = passed
        .filter(
          ({ proposal: { finding, votingEnd } }) =>
            finding !== undefined && votingEnd !== undefined && canceledAt !== undefined && votingEnd < canceledAt,
        )
        .sort((a, b) => Number((b.proposal.votingEnd ?? 0n) - (a.proposal.votingEnd ?? 0n)))
      const finding = last?.proposal.finding
      return last === undefined || finding === undefined
        ? []
        : [{ id: last.proposal.id, name: finding.plan.name, height: finding.plan.height, by }]
    })
  return [...kept, ...added]
}

/** What follows for the plans: of those called off now, and of those that were before. */
export function verdictsOf(
  chain: string,
  before: readonly CalledOff[],
  now: readonly CalledOff[],
): readonly PlanVerdict[] {
  const off = new Set(now.map(({ id }) => id))
  const key = (id: string): string => keyOf({ chain, contract, id })
  return [
    ...before.filter(({ id }) => !off.has(id)).map(({ id, name, height }) => ({ key: key(id), name, height })),
    ...now.map(({ id, name, height, by }) => ({
      key: key(id),
      name,
      height,
      withdrawn: `Proposal ${by} called it off.`,
    })),
  ]
}

function hasPassed({ proposal: { status } }: Decoded): boolean {
  return status === 'passed' || status === 'executed'
}
