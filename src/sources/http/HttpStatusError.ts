import { type FailureKind, SourceError } from '../../domain/errors.js'
import { isOutage } from './isOutage.js'

/** A server refused a request. The fail-over goes to the next server and does not use this one for `retryAfterMs`. */
export class HttpStatusError extends SourceError {
  constructor(
    kind: FailureKind,
    message: string,
    readonly status: number,
    readonly retryAfterMs?: number,
  ) {
    super(kind, message, { unanswered: isOutage(status) })
  }
}
