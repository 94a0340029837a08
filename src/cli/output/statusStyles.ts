import type { ProposalStatus } from '../../domain/proposals/proposal.js'
import type { UpgradeStatus } from '../../domain/upgrades/upgrade.js'
import type { Style } from './paint.js'

type Styles<Status extends string> = Readonly<Partial<Record<Status, Style>>>

/** Styles of a status: dim if it needs nobody's attention, red if something went wrong. */
export const proposalStyles: Styles<ProposalStatus> = {
  voting: 'green',
  passed: 'green',
  queued: 'green',
  failed: 'red',
  rejected: 'dim',
  expired: 'dim',
  canceled: 'dim',
}

export const upgradeStyles: Styles<UpgradeStatus> = {
  in_progress: 'yellow',
  completed: 'green',
  failed: 'red',
  refused: 'red',
  cancelled: 'dim',
  past: 'dim',
  pending: 'dim',
}
