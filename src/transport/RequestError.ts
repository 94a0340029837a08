import { BaseError, type FailureKind } from '../domain/errors.js'

/** What became of a request that has no answer. */
export type RequestFailure = 'stopped' | 'late' | 'too-large' | 'unreachable'

/**
 * A request came to nothing. The message is the end of a sentence that begins with who was asked, and never holds the
 * URL: "did not answer within 500 ms."
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
