import { BaseError } from '../domain/errors.js'

/** `refused`: our rules forbid it, and no request was sent. `unreachable`: no answer, or one that was cut off. */
export type DownloadFailure = 'refused' | 'unreachable'

/** A download failed. The message is a part of a sentence and never contains a path. */
export class DownloadError extends BaseError {
  readonly kind = 'transient'

  constructor(
    readonly failure: DownloadFailure,
    message: string,
  ) {
    super(message)
  }
}
