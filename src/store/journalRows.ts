import * as z from 'zod/mini'
import type { JournalEvent } from '../domain/journal/journalEvent.js'
import type { Change } from '../domain/proposals/change.js'
import { type Proposal, proposalStatuses } from '../domain/proposals/proposal.js'
import { bigint, text } from './rowValues.js'
import { action, plan, proposalRow, tally, voteRow } from './proposalSchemas.js'
import { notificationRow, upgradeRow } from './schemas.js'
import { storedUpgradeOf } from './storedKeys.js'

/** The long parts of a proposal, which do not change while its votes are counted. */
export type ProposalBody = Pick<Proposal, 'description' | 'actions'>

export const bodyRow: z.ZodMiniType<ProposalBody> = z.object({ description: text, actions: z.array(action) })

const about = { chain: text, at: bigint, time: bigint }
const ofProposal = { ...about, proposal: proposalRow }
const status = z.enum(proposalStatuses)

const changeRow: z.ZodMiniType<Change> = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('proposalAppeared'), ...ofProposal, backfill: z.boolean() }),
  z.looseObject({ type: z.literal('statusMoved'), ...ofProposal, from: status }),
  z.looseObject({
    type: z.literal('tallyMoved'),
    ...ofProposal,
    from: z.exactOptional(tally),
    fromStatus: z.exactOptional(status),
  }),
  z.looseObject({ type: z.literal('scheduleMoved'), ...ofProposal, from: z.exactOptional(bigint) }),
  z.looseObject({ type: z.literal('planEdited'), ...ofProposal, from: z.exactOptional(plan) }),
  z.looseObject({ type: z.literal('detailsRead'), ...ofProposal }),
  z.looseObject({ type: z.literal('proposalRetracted'), ...ofProposal }),
  z.looseObject({ type: z.literal('voteCast'), ...about, vote: voteRow }),
])

/** Schemas of the events as stored in rows. Chain and type have their own columns. */
export const eventRows: {
  readonly [Type in JournalEvent['type']]: z.ZodMiniType<Extract<JournalEvent, { readonly type: Type }>>
} = {
  change: z.pipe(
    changeRow,
    z.transform((change) => ({ type: 'change' as const, change })),
  ),
  upgrades: z.pipe(
    z.looseObject({ chain: text, upgrades: z.array(upgradeRow), gone: z.array(text) }),
    z.transform((row) => ({ ...row, type: 'upgrades' as const })),
  ),
  notification: z.pipe(
    notificationRow,
    z.transform((notification) => ({ type: 'notification' as const, notification })),
  ),
}

/** The stored value of an event, with the long parts of a proposal separate. */
export function rowOf(event: JournalEvent): { readonly value: unknown; readonly body?: ProposalBody } {
  switch (event.type) {
    case 'change': {
      const { change } = event
      if (change.type === 'voteCast') return { value: change }
      const { description, actions, ...short } = change.proposal
      return {
        value: { ...change, proposal: { ...short, description: '', actions: [] } },
        body: { description, actions },
      }
    }
    case 'upgrades':
      return { value: { chain: event.chain, upgrades: event.upgrades.map(storedUpgradeOf), gone: event.gone } }
    case 'notification':
      return { value: event.notification }
  }
}

/** Puts the long parts of a proposal back into an event. */
export function withBody(event: JournalEvent, body: ProposalBody): JournalEvent {
  if (event.type !== 'change' || event.change.type === 'voteCast') return event
  return { ...event, change: { ...event.change, proposal: { ...event.change.proposal, ...body } } }
}
