import { secondText } from '../../../domain/text/time.js'
import type { GovernanceParameters, SystemReport } from '../GovernanceReader.js'
import type { Snapshot } from './forks.js'
import type { NodeForks } from './node.js'
import { forkContract } from './toProposal.js'

/** The forks that each node is configured for. */
export function readParameters({ nodes }: Snapshot): GovernanceParameters {
  return {
    contract: forkContract,
    name: 'eth_config',
    clock: 'timestamp',
    details: Object.fromEntries(nodes.map((node) => [node.name, textOf(node)])),
  }
}

/** What `check` reports about a chain: its head, and the forks of each node. */
export function readReport({ head, nodes }: Snapshot): SystemReport {
  const parts = [`at block ${head.number}`, ...nodes.map((node) => `${node.name} ${textOf(node)}`)]
  return { system: 'fork-config', contract: forkContract, summary: parts.join(', ') }
}

function textOf({ config, problem = 'does not answer' }: NodeForks): string {
  if (config === undefined) return problem
  const { current, next, last } = config
  const ahead = next ?? last
  const coming = ahead === undefined ? 'names no next fork' : `is ready for ${ahead.id} at ${secondText(ahead.time)}`
  return `runs the fork ${current.id} and ${coming}`
}
