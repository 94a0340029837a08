import { crossCheck, type CrossCheckOptions } from './crossCheck.js'
import { confirmWithdrawals } from './confirmWithdrawals.js'
import { carriesPlansOut } from '../../domain/plans/heldPlan.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { withSecondHistory } from './withSecondHistory.js'

/** Wraps a reader so that its proposals are compared with other nodes, if several nodes must agree. */
export function compareNodes(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  if (options.agreement < 2 || options.witnesses.length < 2) return reader
  // A Cosmos chain holds the plan itself, and its readings come from two kinds of servers. Whether a plan is scheduled
  // is therefore not compared, but its content is, so that one lying server cannot make us miss it.
  if (reader.system === 'cosmos') return crossCheck(reader, options)
  if (carriesPlansOut(reader.system)) return reader
  return withSecondHistory(crossCheck(confirmWithdrawals(reader, options), options), options)
}
