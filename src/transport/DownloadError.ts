import { BaseError } from '../domain/errors.js'

/** `refused`: by our rules, nothing was sent there. `unreachable`: no answer, or one that was cut. */
export type DownloadFailure = 'refused' | 'unreachable'

/** A download came to nothing. The message is a part of a sentence, and never holds a path. */
export class DownloadError extends BaseError {
  readonly kind = 'transient'

  constructor(
    readonly failure: DownloadFailure,
    message: string,
  ) {
    super(message)
  }
}
