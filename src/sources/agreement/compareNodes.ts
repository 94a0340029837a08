import { askIfKnown } from './askIfKnown.js'
import { crossCheck, type CrossCheckOptions } from './crossCheck.js'
import { confirmWithdrawals } from './confirmWithdrawals.js'
import { carriesPlansOut } from '../../domain/plans/heldPlan.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { withScheduledPlan } from './withScheduledPlan.js'
import { withSecondHistory } from './withSecondHistory.js'

/** Wraps a reader so that its proposals are compared with other nodes, if several nodes must agree. */
export function compareNodes(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  if (options.agreement < 2 || options.witnesses.length < 2) return reader
  // The history of a Cosmos chain is not read twice, because the chain itself names the plan that it has scheduled.
  if (reader.system === 'cosmos') return withScheduledPlan(compared(reader, options), options)
  if (carriesPlansOut(reader.system)) return reader
  return withSecondHistory(compared(reader, options), options)
}

function compared(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  const isKnown = askIfKnown(options)
  const asking: GovernanceReader = { ...reader, read: (request) => reader.read({ ...request, isKnown }) }
  return crossCheck(confirmWithdrawals(asking, options), options)
}
