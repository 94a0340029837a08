import type { ResolvedPlanOptions } from './planOptions.js'
import type { CompletionEvidence, Upgrade } from './upgrade.js'
import type { Unconsumed } from './upgradeMove.js'

export interface ConsumptionSighting {
  /** True if the head is certainly past the height. */
  readonly isPast: boolean
  readonly nodeVersion?: string
  /** Host time, Unix milliseconds. */
  readonly hostTime: number
}

// Time to wait in milliseconds. Process managers look at the file within seconds; then the node is away while they
// switch.
const patience = 60_000

/**
 * Reports once that no process manager acted on the file: the chain has been past the height for a minute, and the node
 * still answers with its old version. Returns `undefined` if there is nothing to report, or if the old version proves
 * nothing: the node reports no version, no other version is expected, or the chain itself makes its nodes stop at the
 * height.
 */
export function assessConsumption(
  { writtenAt, held }: Upgrade,
  evidence: CompletionEvidence,
  { isPast, nodeVersion, hostTime }: ConsumptionSighting,
  { completion, stallTimeout, profile = 'portable' }: ResolvedPlanOptions,
): Unconsumed | undefined {
  const { since, nodeVersion: old, outage, unconsumed } = evidence
  const isOwed = writtenAt !== undefined && held !== true && unconsumed !== true && completion === 'version'
  const isLate = isPast && hostTime - since > Math.min(patience, stallTimeout)
  if (!isOwed || !isLate || nodeVersion === undefined || nodeVersion !== old) return undefined
  const seen = outage ? 'came back with the version it ran before' : 'was never away'
  return {
    version: nodeVersion,
    reason: `the node still runs ${nodeVersion} and ${seen}.${earlyText(evidence)}`,
    todo: todos[profile],
  }
}

/** Returns a sentence, to follow others, that says that the node may have been switched before the height. */
export function earlyText({ nodeVersion = '', formerVersion, switchedBy }: CompletionEvidence): string {
  if (formerVersion === undefined || switchedBy === undefined) return ''
  return ` It ran ${formerVersion} before, and ${nodeVersion} at block ${switchedBy} already, ahead of the height: if that was the switch, it came early, and all there is to do is to check that the node follows the chain.`
}

const todos = {
  wemixvisor:
    'Check that wemixvisor runs over this home and that the new binary is staged (govstream preflight). Restart it while the file is there, then let the node end with an error: it switches then.',
  cosmovisor:
    'Check that cosmovisor runs over this home and that the new binary is staged (govstream preflight). Restart it while the file is there: it looks at the file when it starts.',
  portable:
    'Check that a process manager runs and watches this file, and that the new binary is staged (govstream preflight); else start the new binary by hand.',
} as const
