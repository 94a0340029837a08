/** `transient` failures are retried; `permanent` ones need a change of config, chain or disk. */
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

/** One wrong place in the configuration. */
export interface ConfigIssue {
  /** Such as `chains[0].rpc.urls`; empty for the file as a whole. */
  readonly path: string
  readonly message: string
  /** File and line, such as `govstream.yaml:12`, where it was read from a file. */
  readonly at?: string
}

/** The configuration cannot be used. The command line prints one line an issue and exits 2. */
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

/** A chain could not be read. Sources make it a failed reading; `check` and `sync` exit 75 where it is transient. */
export class SourceError extends BaseError {
  /** The node answers, and stands below what was read before. */
  readonly wentBack: boolean

  constructor(
    readonly kind: FailureKind,
    message: string,
    { wentBack = false, ...options }: ErrorOptions & { readonly wentBack?: boolean } = {},
  ) {
    super(message, options)
    this.wentBack = wentBack
  }
}

/**
 * The state file cannot be opened, read or written. Ends the process with exit code 1, unless it is transient: then
 * another process keeps the file locked; a run that is under way tries again, and whatever else needs it exits 75.
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

/** A notification did not get through. The outbox retries transient ones and parks permanent ones. */
export class DeliveryError extends BaseError {
  constructor(
    readonly kind: FailureKind,
    message: string,
    /** Earliest next try, where the receiver named one. */
    readonly retryAfterMs?: number,
    /** Of the answer, where there was one: of HTTP or SMTP, or the exit code of a program. */
    readonly status?: number,
  ) {
    super(message)
  }
}

/** A stage broke its contract: it answered a draft with two, or later. A mistake in the code that put it there. */
export class StageError extends BaseError {
  readonly kind = 'permanent'
}

/** The HTTP server cannot listen where it is to. Ends the run. */
export class ListenError extends BaseError {
  readonly kind = 'permanent'
}

/** The text of an unknown cause, for a sentence of our own. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** Nobody read the values of a stream in time. */
export class SlowReaderError extends BaseError {
  readonly kind = 'permanent'
}

/** A govstream elsewhere cannot be followed, and trying again would not help: its token, its address, its version. */
export class RemoteError extends BaseError {
  readonly kind = 'permanent'

  /** @param status - Of its answer, where there was one. */
  constructor(
    message: string,
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
