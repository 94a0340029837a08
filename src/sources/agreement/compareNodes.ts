import { crossCheck, type CrossCheckOptions } from './crossCheck.js'
import { carriesPlansOut } from '../../domain/plans/heldPlan.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { withSecondHistory } from './withSecondHistory.js'

/** The reader, held against the other nodes where several must agree. */
export function compareNodes(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  if (options.agreement < 2 || options.witnesses.length < 2) return reader
  // A Cosmos chain itself holds the plan, and a reading there is made of two kinds of servers: whether it is scheduled
  // is not compared, but what it carries is. One server that lies must not have it missed.
  if (reader.system === 'cosmos') return crossCheck(reader, options)
  if (carriesPlansOut(reader.system)) return reader
  return withSecondHistory(crossCheck(reader, options), options)
}
