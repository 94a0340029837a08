import type { ReadRequest } from '../governance/GovernanceReader.js'
import { askWitnesses, type Testimony } from './askWitnesses.js'
import type { CrossCheckOptions } from './crossCheck.js'

/** Returns the function that asks the nodes whether `agreement` of them know a proposal. Never rejects. */
export function askIfKnown({
  witnesses,
  agreement,
  scheduler,
}: Pick<CrossCheckOptions, 'witnesses' | 'agreement' | 'scheduler'>): NonNullable<ReadRequest['isKnown']> {
  const areEnough = (heard: readonly Testimony[], counts: (one: Testimony) => boolean): boolean =>
    heard.filter(counts).length >= agreement
  return async (contract, id) => {
    const heard = await askWitnesses(
      witnesses,
      { contract, id },
      { isEnough: (all) => areEnough(all, knows) || areEnough(all, knowsNone), scheduler },
    )
    if (areEnough(heard, knows)) return true
    return areEnough(heard, knowsNone) ? false : undefined
  }
}

/** True also for a node that cannot show what it knows. */
function knows({ proposal, withholds }: Testimony): boolean {
  return proposal !== undefined || withholds === true
}

function knowsNone({ proposal, hasFailed }: Testimony): boolean {
  return proposal === undefined && hasFailed !== true
}
