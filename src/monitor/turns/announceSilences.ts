import { announceSilence } from '../../domain/notifications/announceSilence.js'
import { type AnnounceOptions, asConfigured } from '../../domain/notifications/announcement.js'
import { isUnwritable } from '../../store/isUnwritable.js'
import type { EndedSilence, Store } from '../../store/Store.js'
import { type Stage, stage } from '../../streams/stage.js'

export interface AnnounceSilencesOptions extends AnnounceOptions {
  readonly store: Pick<Store, 'endedSilences'>
}

/** Announces with the next turn of a chain which of its events an ended silence held back. */
export function announceSilences({ store, ...options }: AnnounceSilencesOptions): Stage {
  return stage('announceSilences', (draft) => {
    const { chain } = draft.state
    const announcements = endedSilences(store, chain, draft.time).map(({ silence, events }) =>
      asConfigured(announceSilence(chain, silence, events), options),
    )
    return announcements.length === 0 ? draft : { ...draft, announcements: [...draft.announcements, ...announcements] }
  })
}

/** If the state cannot be written, the silences are announced with the next turn. */
function endedSilences(store: Pick<Store, 'endedSilences'>, chain: string, now: number): readonly EndedSilence[] {
  try {
    return store.endedSilences(chain, now)
  } catch (cause) {
    if (isUnwritable(cause)) return []
    throw cause
  }
}
