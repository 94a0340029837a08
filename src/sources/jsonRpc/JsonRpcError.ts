import { type FailureKind, SourceError } from '../../domain/errors.js'

/** A JSON-RPC server answered a call with an error, or sent no valid answer to it. */
export class JsonRpcError extends SourceError {
  /**
   * @param code - The error code of the server; absent if it gave none or sent no valid answer.
   * @param data - The error data as received. Do not log it: it is not sanitised.
   */
  constructor(
    kind: FailureKind,
    message: string,
    readonly code?: number,
    readonly data?: unknown,
  ) {
    super(kind, message)
  }
}
