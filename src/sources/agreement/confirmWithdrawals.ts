import { defined } from '../../domain/defined.js'
import { SourceError } from '../../domain/errors.js'
import { keyOf, type Proposal, type ProposalStatus } from '../../domain/proposals/proposal.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { GovernanceReader, UnvouchedReading } from '../governance/GovernanceReader.js'
import { askWitnesses, type Testimony } from './askWitnesses.js'
import type { CrossCheckOptions } from './crossCheck.js'

/** A reading no longer supports an upgrade that is scheduled or in progress. */
interface Withdrawal {
  readonly upgrade: Upgrade
  /** The proposal as known before the reading. */
  readonly proposal: Proposal
  /** The status in the reading; absent if a reorg removed the proposal. */
  readonly status?: ProposalStatus
}

/**
 * Wraps a reader so that a scheduled upgrade is withdrawn only if `agreement` nodes report it so: that a reorg removed
 * its proposal, or that the proposal no longer counts as passed. Otherwise the reading counts as failed at its endpoint
 * and the next endpoint is read, because a single node may follow another branch or lie.
 */
export function confirmWithdrawals(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  const { witnesses, agreement, known, scheduler } = options

  async function isConfirmed({ proposal, status }: Withdrawal): Promise<boolean> {
    const agreeing = (heard: readonly Testimony[]): number =>
      heard.filter((one) => one.hasFailed !== true && one.proposal?.status === status).length
    const heard = await askWitnesses(witnesses, proposal, {
      isEnough: (answers) => agreeing(answers) >= agreement,
      ...defined({ scheduler }),
    })
    return agreeing(heard) >= agreement
  }

  async function vouch(told: UnvouchedReading): Promise<void> {
    const withdrawals = withdrawalsIn(told, known())
    const confirmed = await Promise.all(withdrawals.map(isConfirmed))
    const doubtful = withdrawals.find((_, at) => confirmed[at] !== true)
    if (doubtful !== undefined) throw unconfirmed(doubtful, told, agreement)
  }

  return {
    ...reader,
    read: (request) =>
      reader.read({
        ...request,
        async vouch(told) {
          await vouch(told)
          await request.vouch?.(told)
        },
      }),
  }
}

function withdrawalsIn(
  { proposals = [], retracted = [] }: UnvouchedReading,
  known: ReturnType<CrossCheckOptions['known']>,
): readonly Withdrawal[] {
  const live = [...known.upgrades.values()].filter(({ status }) => status === 'scheduled' || status === 'in_progress')
  if (live.length === 0) return []
  const read = new Map(proposals.map((proposal) => [keyOf(proposal), proposal]))
  return live.flatMap((upgrade): readonly Withdrawal[] => {
    const proposal = known.proposals.get(upgrade.key)
    if (proposal === undefined) return []
    const status = read.get(upgrade.key)?.status
    if (status === undefined) return retracted.includes(upgrade.key) ? [{ upgrade, proposal }] : []
    return status === proposal.status || supporting.has(status) ? [] : [{ upgrade, proposal, status }]
  })
}

/** The statuses under which an upgrade can be scheduled. */
const supporting: ReadonlySet<ProposalStatus> = new Set(['passed', 'queued', 'executed'])

function unconfirmed(
  { upgrade, proposal: { chain, id }, status }: Withdrawal,
  { host = 'A node' }: UnvouchedReading,
  agreement: number,
): SourceError {
  const what = status === undefined ? 'has been removed by a reorg' : `is ${status}`
  return new SourceError(
    'transient',
    `${host} of ${chain} says that proposal ${id}, whose upgrade ${upgrade.name} is ${upgrade.status === 'scheduled' ? 'scheduled' : 'in progress'}, ${what}, and fewer than ${agreement} nodes say so: nothing of it is believed until they do. Compare the newest blocks of the nodes in rpc.urls.`,
  )
}
