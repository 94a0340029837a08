import type { ResolvedPlanOptions } from './planOptions.js'
import type { CompletionEvidence, Upgrade } from './upgrade.js'
import type { Unconsumed } from './upgradeMove.js'

export interface ConsumptionSighting {
  /** True where the head is past the height for sure. */
  readonly isPast: boolean
  readonly nodeVersion?: string
  /** Host time, Unix milliseconds. */
  readonly hostTime: number
}

// Process managers look within seconds, and then the node is away while they switch.
const patience = 60_000

/**
 * Tells once that nobody acted on the file: the chain is past its height for a minute, and the node answers with the
 * version it ran before. Nothing is told where that proves nothing: the node tells no version, no other one is
 * expected, or the chain itself makes its nodes stop there. Absent where there is nothing to tell.
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

/** That the node may have been switched before its height, in a sentence after others. */
export function earlyText({ nodeVersion = '', formerVersion, switchedBy }: CompletionEvidence): string {
  if (formerVersion === undefined || switchedBy === undefined) return ''
  return ` It ran ${formerVersion} before, and ${nodeVersion} at block ${switchedBy} already, ahead of the height: where that was the switch, it came early, and there is nothing to do but to see that the node follows the chain.`
}

const todos = {
  wemixvisor:
    'See that wemixvisor runs over this home and that the new binary is staged (govstream preflight). Restart it while the file is there, then let the node end with an error: it switches then.',
  cosmovisor:
    'See that cosmovisor runs over this home and that the new binary is staged (govstream preflight). Restart it while the file is there: it looks at the file when it starts.',
  portable:
    'See that a process manager runs and looks at this file, and that the new binary is staged (govstream preflight); else start the new binary by hand.',
} as const
