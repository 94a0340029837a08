import { concatMap, type OperatorFunction, scan } from 'rxjs'
import type { Telling } from '../domain/chainState.js'
import type { Change } from '../domain/change.js'
import type { Health } from '../domain/health.js'
import type { Head } from '../domain/head.js'
import type { BlockTime } from '../domain/blockTime.js'
import type { Notification, NotificationEvent, Priority } from '../domain/notification.js'
import { tellChange } from '../domain/tellChange.js'
import { type FileHappening, tellFile } from '../domain/tellFile.js'
import { tellHealth } from '../domain/tellHealth.js'
import { tellUpgrade } from '../domain/tellUpgrade.js'
import type { Upgrade, UpgradeMove } from '../domain/upgrade.js'

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

export const nothingTold: AnnounceStep = { told: new Map(), tellings: [] }

/** What one happening has to say, less what was said before. The same fact always gives the same id. */
export function stepAnnounce(
  known: Pick<AnnounceStep, 'told'>,
  happening: Announceable,
  options: AnnounceOptions = {},
): AnnounceStep {
  return stepAnnounceAll(known, [happening], options)
}

/** As {@link stepAnnounce}, for happenings that belong together: the memory is copied once for all of them. */
export function stepAnnounceAll(
  { told }: Pick<AnnounceStep, 'told'>,
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
      // Whoever was told of last stands last: the bound drops from the front.
      next.delete(subject)
      next.set(subject, new Set([...(ids ?? []), notification.id]))
    }
    const priority = priorities[notification.event]
    tellings.push(priority === undefined ? telling : { ...telling, notification: { ...notification, priority } })
  }
  return { told: next ?? told, tellings }
}

/**
 * Emits the notifications of one or many chains, each fact once, in the order things happened.
 *
 * Synchronous and lossless. Remembers what it told about the last 10,000 subjects; `watchChain` bounds that memory
 * by the life of the subjects. Errors and completes with its source.
 */
export function announce(options: AnnounceOptions = {}): OperatorFunction<Announceable, Notification> {
  return (happening$) =>
    happening$.pipe(
      scan((step: AnnounceStep, happening) => bounded(stepAnnounce(step, happening, options)), nothingTold),
      concatMap(({ tellings }) => tellings.map(({ notification }) => notification)),
    )
}

const maxSubjects = 10_000

function bounded({ told, tellings }: AnnounceStep): AnnounceStep {
  return { tellings, told: told.size <= maxSubjects ? told : new Map([...told].slice(told.size - maxSubjects)) }
}

function draft(happening: Announceable): readonly Telling[] {
  if (happening.type === 'change') return tellChange(happening.change, happening)
  if (happening.type === 'file') return tellFile(happening.happening)
  if (happening.type === 'health') return tellHealth(happening.from, happening.to)
  return tellUpgrade(happening.move, happening.head, happening.blockTime)
}
