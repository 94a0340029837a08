import { BaseError, type FailureKind } from '../domain/errors.js'

/** Why a request has no answer. */
export type RequestFailure = 'stopped' | 'late' | 'too-large' | 'unreachable'

/**
 * A request failed. The message is the end of a sentence that begins with the name of the server, such as "did not
 * answer within 500 ms.", and never contains the URL.
 */
export class RequestError extends BaseError {
  readonly kind: FailureKind = 'transient'

  constructor(
    readonly failure: RequestFailure,
    message: string,
  ) {
    super(message)
  }
}
