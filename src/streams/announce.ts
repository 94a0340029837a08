import type { ChainState } from '../domain/chainState.js'
import type { Change } from '../domain/proposals/change.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'
import { fileHappeningOf } from '../domain/notifications/fileHappeningOf.js'
import { keyOf } from '../domain/proposals/proposal.js'
import { type Announceable, type AnnounceOptions, stepAnnounce } from '../domain/notifications/stepAnnounce.js'
import { type Draft, headOf } from './draft.js'
import { type Stage, stage } from './stage.js'

/**
 * Merges what happened to health, proposals, upgrades and the file into notifications: each fact once, in this order.
 * Reminders of votes stand after the proposals.
 */
export function announce(options: AnnounceOptions = {}): Stage {
  return stage('announce', (draft) => {
    const { state } = draft
    const { announcedIds, announcements } = stepAnnounce(state.announcedIds, happeningsIn(draft), options)
    return announcements.length === 0 ? draft : { ...draft, state: { ...state, announcedIds }, announcements }
  })
}

/**
 * The upgrade of a proposal that is seen for the first time: its status says best whether the proposal still matters.
 */
function upgradeOf(change: Change, { upgrades }: ChainState): Upgrade | undefined {
  return change.type === 'proposalAppeared' ? upgrades.get(keyOf(change.proposal)) : undefined
}

function happeningsIn({ event, before, state, changes, moves, reminders = [] }: Draft): readonly Announceable[] {
  // A text about a missed poll has no countdown: the last head is too old to count from.
  const head = event.type === 'missed' ? undefined : headOf(state)
  const at = head === undefined ? {} : { head, blockTime: state.blockTime }
  const file =
    event.type !== 'wrote' || head === undefined
      ? undefined
      : fileHappeningOf(before, event.outcome, { time: head.timestamp, hostTime: event.hostTime })
  return [
    ...(state.health === before.health ? [] : [{ type: 'health', from: before.health, to: state.health } as const]),
    ...changes.flatMap((change): readonly Announceable[] =>
      // A vote is announced by the tally it moves.
      change.type === 'voteCast' ? [] : [{ type: 'change', change, ...at, upgrade: upgradeOf(change, state) }],
    ),
    ...(head === undefined
      ? []
      : reminders.map((reminder): Announceable => ({
          type: 'reminder',
          reminder,
          at: head.number,
          time: head.timestamp,
          ...at,
        }))),
    ...moves.map((move): Announceable => ({ type: 'upgrade', move, ...at })),
    ...(file === undefined ? [] : [{ type: 'file', happening: file } as const]),
  ]
}
