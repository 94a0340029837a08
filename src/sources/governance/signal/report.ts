import { defined } from '../../../domain/defined.js'
import type { Rest } from '../cosmosSdk/rest.js'
import { readNodeInfo } from '../cosmosSdk/verifyServer.js'
import { shareOf } from '../cosmosSdk/scalars.js'
import type { GovernanceParameters, SystemReport } from '../GovernanceReader.js'
import { readSnapshot } from './snapshot.js'
import type { SignalStatus } from './visit.js'
import { readTally } from './questions.js'
import { signalContract } from './toProposal.js'

/** Reads the voting power that a switch requires. */
export async function readParameters(rest: Rest, { running }: SignalStatus): Promise<GovernanceParameters> {
  const tally = await readTally(rest, running + 1n)
  return {
    contract: signalContract,
    name: 'x/signal',
    clock: 'block',
    ...(typeof tally !== 'string' && { quorum: tally.threshold, totalSupply: tally.total }),
    details: { appVersion: running.toString() },
  }
}

/** What `check` reports about a chain. */
export async function readReport(rest: Rest, status: SignalStatus): Promise<SystemReport> {
  const { network, head, running } = status
  const info = await readNodeInfo(rest, network)
  const { scheduled, tallies } = await readSnapshot(rest, status)
  const signals = [...tallies].flatMap(([version, { signalled, threshold, total }]) =>
    signalled === 0n
      ? []
      : [
          `version ${version} signalled by ${(shareOf(signalled, total) * 100).toFixed(1)} % of the voting power, it takes ${(shareOf(threshold, total) * 100).toFixed(1)} %`,
        ],
  )
  const parts = [
    `${network} at block ${head.number}`,
    ...Object.values(defined({ version: info.version })),
    `app version ${running}`,
    ...(signals.length === 0 ? ['no later version signalled'] : signals),
    scheduled === undefined
      ? 'no upgrade scheduled'
      : `version ${scheduled.version} scheduled from block ${scheduled.upgradeHeight + 1n} on`,
  ]
  return { system: 'signal', contract: signalContract, summary: parts.join(', ') }
}
