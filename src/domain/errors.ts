/** `transient` failures are retried; `permanent` ones need a change of the configuration, the chain or the disk. */
export type FailureKind = 'transient' | 'permanent'

/** Root of every error this package throws or emits. */
export abstract class BaseError extends Error {
  abstract readonly kind: FailureKind

  /** @param message - One sentence: what failed, where, what to do. Never a credential. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** One invalid entry of the configuration. */
export interface ConfigIssue {
  /** Path of the entry, such as `chains[0].rpc.urls`; empty for the file as a whole. */
  readonly path: string
  readonly message: string
  /** File and line, such as `govstream.yaml:12`, if the entry was read from a file. */
  readonly at?: string
}

/** The configuration cannot be used. The command line prints one line per issue and exits with code 2. */
export class ConfigError extends BaseError {
  readonly kind = 'permanent'

  constructor(readonly issues: readonly ConfigIssue[]) {
    super(
      issues
        .map(({ at = '', path, message }) => [at, path, message].filter((part) => part !== '').join(': '))
        .join('\n'),
    )
  }
}

/**
 * A chain could not be read. Sources turn it into a failed reading; `check` and `sync` exit with code 75 if it is
 * transient.
 */
export class SourceError extends BaseError {
  /** True if the node answers, but its head is below what was read before. */
  readonly wentBack: boolean
  /**
   * True if the node does not show what exists, or what its own headers say may exist. It hides it, cannot encode it,
   * or keeps no old logs; in no case does its answer say that there is nothing.
   */
  readonly withholds: boolean
  /** True if the node gave no complete answer: it is down, restarts, hangs, or asked to wait. */
  readonly unanswered: boolean

  constructor(
    readonly kind: FailureKind,
    message: string,
    {
      wentBack = false,
      withholds = false,
      unanswered = false,
      ...options
    }: ErrorOptions & Partial<Pick<SourceError, 'wentBack' | 'withholds' | 'unanswered'>> = {},
  ) {
    super(message, options)
    this.wentBack = wentBack
    this.withholds = withholds
    this.unanswered = unanswered
  }
}

/**
 * The state file cannot be opened, read or written. The process ends with exit code 1, unless the error is transient:
 * another process keeps the file locked, or its disk is full. Then a monitor that is running tries again, and every
 * other command that needs the file exits with code 75.
 */
export class StoreError extends BaseError {
  readonly kind: FailureKind

  constructor(
    message: string,
    { kind = 'permanent', ...options }: ErrorOptions & { readonly kind?: FailureKind } = {},
  ) {
    super(message, options)
    this.kind = kind
  }
}

/** A notification was not delivered. The outbox retries transient failures and parks permanent ones. */
export class DeliveryError extends BaseError {
  constructor(
    readonly kind: FailureKind,
    message: string,
    /** Shortest delay before the next try, in milliseconds, if the receiver named one. */
    readonly retryAfterMs?: number,
    /** The HTTP or SMTP status of the answer, or the exit code of the program, if there was one. */
    readonly status?: number,
  ) {
    super(message)
  }
}

/**
 * A stage broke its contract: it answered one draft with two, or answered later. The error is in the code of that
 * stage.
 */
export class StageError extends BaseError {
  readonly kind = 'permanent'
}

/** The HTTP server cannot listen on its configured address. Ends the run. */
export class ListenError extends BaseError {
  readonly kind = 'permanent'
}

/** Returns the message of an unknown cause, for use in a sentence of our own. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** The consumer of a stream did not read its values in time. */
export class SlowReaderError extends BaseError {
  readonly kind = 'permanent'
}

/** A remote govstream cannot be followed, and a retry would not help: its token, address or version is wrong. */
export class RemoteError extends BaseError {
  readonly kind = 'permanent'

  /** @param status - HTTP status of the answer, if there was one. */
  constructor(
    message: string,
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
