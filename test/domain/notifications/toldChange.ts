import type { ChangeKind } from '../../../src/domain/proposals/change.js'
import { type NotificationEvent } from '../../../src/domain/notifications/notification.js'
import { type ProposalStatus } from '../../../src/domain/proposals/proposal.js'
import { announceChange } from '../../../src/domain/notifications/announceChange.js'
import { change, proposal } from '../../support/builders.js'

export const told = (kind: ChangeKind): readonly NotificationEvent[] =>
  announceChange(change(kind)).map(({ notification }) => notification.event)
export const appears = (status: ProposalStatus, backfill = false): ChangeKind => ({
  type: 'proposalAppeared',
  proposal: proposal('1', { status }),
  backfill,
})
