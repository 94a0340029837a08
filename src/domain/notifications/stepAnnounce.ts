import { editMap } from '../editedMap.js'
import type { Announcement } from '../chainState.js'
import type { Labels } from '../labels.js'
import type { Change } from '../proposals/change.js'
import type { BranchSplit } from '../blocks/branchSplit.js'
import type { Disagreement } from '../proposals/disagreement.js'
import type { Health } from '../health.js'
import type { Head } from '../blocks/head.js'
import type { BlockTime } from '../blocks/blockTime.js'
import { type AnnounceOptions, asConfigured } from './announcement.js'
import { announceChange } from './announceChange.js'
import { announceDisagreement, announceSplit } from './announceDisagreement.js'
import { type FileHappening, announceFile } from './announceFile.js'
import { announceHealth } from './announceHealth.js'
import { announceUpgrade } from './announceUpgrade.js'
import { announceReminder } from './announceReminder.js'
import type { VoteReminder } from './voteReminder.js'
import type { Upgrade } from '../upgrades/upgrade.js'
import type { UpgradeMove } from '../upgrades/upgradeMove.js'

/** A fact that may be announced. */
export type Announceable =
  | { readonly type: 'change'; readonly change: Change; readonly upgrade?: Upgrade | undefined }
  | { readonly type: 'reminder'; readonly reminder: VoteReminder; readonly at: bigint; readonly time: bigint }
  | { readonly type: 'upgrade'; readonly move: UpgradeMove }
  | { readonly type: 'file'; readonly happening: FileHappening }
  | {
      readonly type: 'disagreement'
      readonly disagreement: Disagreement
      readonly chain: string
      /** Chain time, Unix seconds. */
      readonly time: bigint
    }
  /** `time` is chain time, Unix seconds. */
  | { readonly type: 'split'; readonly split: BranchSplit; readonly chain: string; readonly time: bigint }
  | { readonly type: 'health'; readonly from: Health; readonly to: Health }

/** The moment from which countdowns in the texts are calculated; without a head there are none. */
export interface AnnounceMoment {
  readonly head?: Head
  readonly blockTime?: BlockTime
}

/** Ids of the notifications already announced, by subject. */
type AnnouncedIds = ReadonlyMap<string, ReadonlySet<string>>

export interface AnnounceStep {
  readonly announcedIds: AnnouncedIds
  readonly announcements: readonly Announcement[]
}

/** Returns the announcements of facts without those made before. The same fact always has the same id. */
export function stepAnnounce(
  announcedIds: AnnouncedIds,
  happenings: readonly Announceable[],
  moment: AnnounceMoment = {},
  options: AnnounceOptions = {},
): AnnounceStep {
  const announcements: Announcement[] = []
  const next = editMap(announcedIds)
  const fresh = new Map<string, Set<string>>()
  for (const happening of happenings)
    for (const announcement of draft(happening, moment)) {
      const { subject, notification } = announcement
      if (subject !== undefined) {
        const known = next.get(subject)
        if (known?.has(notification.id) === true) continue
        const ids = fresh.get(subject) ?? new Set(known)
        fresh.set(subject, ids)
        next.set(subject, ids.add(notification.id))
      }
      announcements.push(asConfigured(announcement, options, labelsOf(happening)))
    }
  return { announcedIds: next.map(), announcements }
}

function labelsOf(happening: Announceable): Labels | undefined {
  if (happening.type === 'upgrade') return happening.move.upgrade.labels
  if (happening.type === 'reminder') return happening.reminder.proposal.labels
  if (happening.type === 'file') return labelsOfFile(happening.happening)
  return happening.type === 'change' && 'proposal' in happening.change ? happening.change.proposal.labels : undefined
}

function labelsOfFile(happening: FileHappening): Labels | undefined {
  if (happening.of === 'leftover') return undefined
  return happening.of === 'hook' ? happening.upgrade.labels : happening.before.labels
}

function draft(happening: Announceable, moment: AnnounceMoment): readonly Announcement[] {
  if (happening.type === 'change') {
    const { change, upgrade } = happening
    return announceChange(change, upgrade === undefined ? moment : { ...moment, upgrade })
  }
  if (happening.type === 'reminder') {
    const { reminder, at, time } = happening
    return [announceReminder(reminder, { ...moment, at, time })]
  }
  if (happening.type === 'file') return announceFile(happening.happening, moment)
  if (happening.type === 'disagreement') return [announceDisagreement(happening.disagreement, happening)]
  if (happening.type === 'split') return [announceSplit(happening.split, happening)]
  if (happening.type === 'health') return announceHealth(happening.from, happening.to)
  return announceUpgrade(happening.move, moment.head, moment.blockTime)
}
