import type { Observable } from 'rxjs'
import type { Notification } from '../../domain/notifications/notification.js'
import type { ProposalKey } from '../../domain/proposals/proposal.js'
import type { Picture } from './Picture.js'

/** A govstream that is watched: by the state it writes, or over HTTP. */
export interface Source {
  /**
   * How all stands, whenever that changes; `opened$` says which proposal is wanted in full. Errors only where looking
   * again would not help.
   */
  readonly readPictures: (opened$: Observable<ProposalKey | undefined>) => Observable<Picture>
  /** Each event that comes from now on, once and in order; and, in a sentence, what keeps them from coming. */
  readonly readEvents: () => Observable<Notification | string>
}
