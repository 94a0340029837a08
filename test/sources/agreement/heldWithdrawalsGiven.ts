import type { Head } from '../../../src/domain/blocks/head.js'
import { defined } from '../../../src/domain/defined.js'
import { keyOf, type Proposal, type ProposalStatus } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { confirmWithdrawals } from '../../../src/sources/agreement/confirmWithdrawals.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { byKey, upgrade, upgradeProposal } from '../../support/builders.js'
import type { GivenNode } from './nodesGiven.js'

export const at = (id: string, status: Proposal['status'], readAt = 9): Proposal =>
  upgradeProposal(id, `v${id}`, 1_000, { status, readAt: BigInt(readAt) })
const upgradeOf = ({ id, status }: Proposal): Upgrade =>
  upgrade(id, `v${id}`, 1_000, { status: status === 'voting' ? 'pending' : 'scheduled' })

interface ChainGiven {
  readonly now?: () => number
  /** Known proposals without an upgrade. */
  readonly others?: readonly Proposal[]
  /** The newest block that is known. @defaultValue none */
  readonly head?: Head
}

interface GivenChain {
  readonly restart: () => void
  readonly status: (id: string) => ProposalStatus | undefined
  readonly read: (signal?: AbortSignal) => Promise<GoodReading>
}

/** A chain of which these proposals with upgrades are known; its readings go into what is known. */
export function chainThat(
  reader: GovernanceReader,
  witnesses: readonly GivenNode[],
  planned: readonly Proposal[],
  { now = () => 0, others = [], head }: ChainGiven = {},
): GivenChain {
  const proposals = new Map(byKey(...planned, ...others))
  const upgrades = new Map(planned.map((one) => [keyOf(one), upgradeOf(one)]))
  const known = () => ({ proposals, upgrades, ...defined({ head }) })
  const started = (): GovernanceReader => confirmWithdrawals(reader, { witnesses, agreement: 2, known, now })
  let confirming = started()
  return {
    restart: () => void (confirming = started()),
    status: (id: string): ProposalStatus | undefined => proposals.get(keyOf(at(id, 'voting')))?.status,
    async read(signal = new AbortController().signal): Promise<GoodReading> {
      const open = [...proposals.values()]
      const read = await confirming.read({ open, signal })
      for (const key of read.retracted) proposals.delete(key)
      for (const one of read.proposals) {
        proposals.set(keyOf(one), one)
        if (one.status !== 'voting' && one.status !== 'passed') upgrades.delete(keyOf(one))
        else upgrades.set(keyOf(one), upgradeOf(one))
      }
      return read
    },
  }
}
