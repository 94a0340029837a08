import type { ChainState } from '../domain/chainState.js'
import type { Change } from '../domain/proposals/change.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'
import { fileHappeningOf } from '../domain/notifications/announceFile.js'
import { keyOf } from '../domain/proposals/proposal.js'
import type { AnnounceOptions } from '../domain/notifications/announcement.js'
import { type Announceable, type AnnounceMoment, stepAnnounce } from '../domain/notifications/stepAnnounce.js'
import { type Draft, headOf } from './draft.js'
import { type Stage, stage } from './stage.js'

/**
 * Turns the changes of health, proposals, upgrades and the file into notifications. Each fact is announced once, in
 * this order; reminders of votes and disagreements of nodes follow the proposals.
 */
export function announce(options: AnnounceOptions = {}): Stage {
  return stage('announce', (draft) => {
    const { state } = draft
    const { announcedIds, announcements } = stepAnnounce(
      state.announcedIds,
      happeningsIn(draft),
      momentOf(draft),
      options,
    )
    return announcements.length === 0 ? draft : { ...draft, state: { ...state, announcedIds }, announcements }
  })
}

/** The upgrade of the proposal of a change: its status says best whether that still matters. */
function upgradeOf(change: Change, { upgrades }: ChainState): Upgrade | undefined {
  return change.type === 'voteCast' ? undefined : upgrades.get(keyOf(change.proposal))
}

/** A notification about a missed poll shows no countdown, because the last head is too old to count from. */
function momentOf({ event, state }: Draft): AnnounceMoment {
  const head = event.type === 'missed' ? undefined : headOf(state)
  return head === undefined ? {} : { head, blockTime: state.blockTime }
}

function happeningsIn({ event, before, state, changes, moves, reminders = [] }: Draft): readonly Announceable[] {
  const happenings: Announceable[] = []
  if (state.health !== before.health) happenings.push({ type: 'health', from: before.health, to: state.health })
  for (const change of changes)
    // A vote is announced through the change of the tally that it causes.
    if (change.type !== 'voteCast') happenings.push({ type: 'change', change, upgrade: upgradeOf(change, state) })
  const head = headOf(state)
  if (head !== undefined)
    for (const reminder of reminders)
      happenings.push({ type: 'reminder', reminder, at: head.number, time: head.timestamp })
  if (event.type === 'reading' && head !== undefined) {
    const { disagreements = [], split } = event.reading
    const common = { chain: state.chain, time: head.timestamp }
    for (const disagreement of disagreements) happenings.push({ type: 'disagreement', disagreement, ...common })
    if (split !== undefined) happenings.push({ type: 'split', split, ...common })
  }
  for (const move of moves) happenings.push({ type: 'upgrade', move })
  if (event.type === 'wrote' && head !== undefined) {
    const { outcome, hostTime } = event
    const happening = fileHappeningOf(before, outcome, { time: head.timestamp, hostTime })
    if (happening !== undefined) happenings.push({ type: 'file', happening })
  }
  return happenings
}
