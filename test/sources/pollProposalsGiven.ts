import { lastValueFrom, take, toArray } from 'rxjs'
import type { GoodReading, Reading } from '../../src/domain/reading.js'
import type { GovernanceReader, ReadRequest } from '../../src/sources/governance/GovernanceReader.js'
import { pollProposals, type PollProposalsOptions } from '../../src/sources/pollProposals.js'

/** A reader that returns these answers in turn and records the requests. */
export function reader(
  ...answers: readonly (GoodReading | Error)[]
): GovernanceReader & { readonly asked: ReadRequest[] } {
  const asked: ReadRequest[] = []
  const unused = (): Promise<never> => Promise.reject(new Error('not asked for'))
  return {
    chain: 'local',
    system: 'governor',
    asked,
    read: (request) => {
      asked.push(request)
      const answer = answers[asked.length - 1]
      if (answer === undefined) return new Promise(() => undefined)
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    readBlock: unused,
    readProposal: unused,
    readProposals: unused,
    readParameters: unused,
    readMembers: unused,
    check: unused,
  }
}

export const readings = (
  from: GovernanceReader,
  count: number,
  options: Partial<PollProposalsOptions> = {},
): Promise<readonly Reading[]> =>
  lastValueFrom(pollProposals({ reader: from, periodMs: 1, now: () => 77, ...options }).pipe(take(count), toArray()), {
    defaultValue: [],
  })
