import type { Observable } from 'rxjs'
import type { Notification } from '../../domain/notifications/notification.js'
import type { ProposalKey } from '../../domain/proposals/proposal.js'
import type { Picture } from './Picture.js'

/** A govstream to watch: through its state file, or over HTTP. */
export interface Source {
  /**
   * Emits the state whenever it changes; `opened$` selects the proposal to show in full. Errors only if a retry would
   * not help.
   */
  readonly readPictures: (opened$: Observable<ProposalKey | undefined>) => Observable<Picture>
  /** Emits each new event once and in order; and, as a sentence, any problem that keeps events from coming. */
  readonly readEvents: () => Observable<Notification | string>
}
