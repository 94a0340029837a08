import { type FailureKind, SourceError } from '../../domain/errors.js'

/** A JSON-RPC server answered a call with an error, or not with an answer to it. */
export class JsonRpcError extends SourceError {
  /**
   * @param code - The code the server gave; absent where it gave none, or no answer that counts.
   * @param data - What came with the error, as it came. Not for the log: nobody checked it.
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
