import type { Telling } from '../chainState.js'
import type { Change } from '../proposals/change.js'
import type { Health } from '../health.js'
import type { Head } from '../blocks/head.js'
import type { BlockTime } from '../blocks/blockTime.js'
import type { NotificationEvent, Priority } from './notification.js'
import { tellChange } from './tellChange.js'
import { type FileHappening, tellFile } from './tellFile.js'
import { tellHealth } from './tellHealth.js'
import { tellUpgrade } from './tellUpgrade.js'
import type { Upgrade, UpgradeMove } from '../upgrades/upgrade.js'

export interface AnnounceOptions {
  /** Priorities that differ from the default ones. */
  readonly priorities?: Readonly<Partial<Record<NotificationEvent, Priority>>>
}

/** What may be worth telling. `head` and `blockTime` serve the countdowns in the texts. */
export type Announceable = { readonly head?: Head; readonly blockTime?: BlockTime } & (
  | { readonly type: 'change'; readonly change: Change; readonly upgrade?: Upgrade | undefined }
  | { readonly type: 'upgrade'; readonly move: UpgradeMove }
  | { readonly type: 'file'; readonly happening: FileHappening }
  | { readonly type: 'health'; readonly from: Health; readonly to: Health }
)

/** Ids already told, by the subject they are about. */
type Told = ReadonlyMap<string, ReadonlySet<string>>

export interface AnnounceStep {
  readonly told: Told
  readonly tellings: readonly Telling[]
}

/** What happenings have to say, less what was said before. The same fact always gives the same id. */
export function stepAnnounce(
  told: Told,
  happenings: readonly Announceable[],
  { priorities = {} }: AnnounceOptions = {},
): AnnounceStep {
  const tellings: Telling[] = []
  let next: Map<string, ReadonlySet<string>> | undefined
  for (const telling of happenings.flatMap(draft)) {
    const { subject, notification } = telling
    if (subject !== undefined) {
      const ids = (next ?? told).get(subject)
      if (ids?.has(notification.id) === true) continue
      next ??= new Map(told)
      next.set(subject, new Set([...(ids ?? []), notification.id]))
    }
    const priority = priorities[notification.event]
    tellings.push(priority === undefined ? telling : { ...telling, notification: { ...notification, priority } })
  }
  return { told: next ?? told, tellings }
}

function draft(happening: Announceable): readonly Telling[] {
  if (happening.type === 'change') return tellChange(happening.change, happening)
  if (happening.type === 'file') return tellFile(happening.happening)
  if (happening.type === 'health') return tellHealth(happening.from, happening.to)
  return tellUpgrade(happening.move, happening.head, happening.blockTime)
}
