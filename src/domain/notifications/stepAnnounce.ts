import { defined } from '../defined.js'
import { editMap } from '../editedMap.js'
import type { Announcement } from '../chainState.js'
import type { Labels } from '../labels.js'
import type { Change } from '../proposals/change.js'
import type { Health } from '../health.js'
import type { Head } from '../blocks/head.js'
import type { BlockTime } from '../blocks/blockTime.js'
import type { NotificationEvent, Priority } from './notification.js'
import { announceChange } from './announceChange.js'
import { type FileHappening, announceFile } from './announceFile.js'
import { announceHealth } from './announceHealth.js'
import { announceUpgrade } from './announceUpgrade.js'
import { announceReminder } from './announceReminder.js'
import type { VoteReminder } from './voteReminder.js'
import type { Upgrade, UpgradeMove } from '../upgrades/upgrade.js'

/** How facts become notifications. */
export interface AnnounceOptions {
  /** Priorities that differ from the default ones. */
  readonly priorities?: Readonly<Partial<Record<NotificationEvent, Priority>>>
  /** Of the chain; those of a proposal or an upgrade come on top. @defaultValue none */
  readonly labels?: Labels
}

/** What may be worth telling. `head` and `blockTime` serve the countdowns in the texts. */
export type Announceable = { readonly head?: Head; readonly blockTime?: BlockTime } & (
  | { readonly type: 'change'; readonly change: Change; readonly upgrade?: Upgrade | undefined }
  | { readonly type: 'reminder'; readonly reminder: VoteReminder; readonly at: bigint; readonly time: bigint }
  | { readonly type: 'upgrade'; readonly move: UpgradeMove }
  | { readonly type: 'file'; readonly happening: FileHappening }
  | { readonly type: 'health'; readonly from: Health; readonly to: Health }
)

/** Ids of the notifications given, by the subject they are about. */
type AnnouncedIds = ReadonlyMap<string, ReadonlySet<string>>

export interface AnnounceStep {
  readonly announcedIds: AnnouncedIds
  readonly announcements: readonly Announcement[]
}

/** What happenings have to say, less what was said before. The same fact always gives the same id. */
export function stepAnnounce(
  announcedIds: AnnouncedIds,
  happenings: readonly Announceable[],
  { priorities = {}, labels: ofChain = {} }: AnnounceOptions = {},
): AnnounceStep {
  const announcements: Announcement[] = []
  const next = editMap(announcedIds)
  const fresh = new Map<string, Set<string>>()
  const drafts = happenings.flatMap((happening) =>
    draft(happening).map((announcement) => ({ ...announcement, labels: { ...ofChain, ...labelsOf(happening) } })),
  )
  for (const { subject, notification, labels } of drafts) {
    if (subject !== undefined) {
      const known = next.get(subject)
      if (known?.has(notification.id) === true) continue
      const ids = fresh.get(subject) ?? new Set(known)
      fresh.set(subject, ids)
      next.set(subject, ids.add(notification.id))
    }
    const priority = priorities[notification.event]
    announcements.push({
      ...defined({ subject }),
      notification: { ...notification, labels, ...defined({ priority }) },
    })
  }
  return { announcedIds: next.map(), announcements }
}

function labelsOf(happening: Announceable): Labels | undefined {
  if (happening.type === 'upgrade') return happening.move.upgrade.labels
  if (happening.type === 'reminder') return happening.reminder.proposal.labels
  if (happening.type === 'file')
    return happening.happening.of === 'hook' ? happening.happening.upgrade.labels : undefined
  return happening.type === 'change' && 'proposal' in happening.change ? happening.change.proposal.labels : undefined
}

function draft(happening: Announceable): readonly Announcement[] {
  if (happening.type === 'change') return announceChange(happening.change, happening)
  if (happening.type === 'reminder') return [announceReminder(happening.reminder, happening)]
  if (happening.type === 'file') return announceFile(happening.happening)
  if (happening.type === 'health') return announceHealth(happening.from, happening.to)
  return announceUpgrade(happening.move, happening.head, happening.blockTime)
}
