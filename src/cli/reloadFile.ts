import type { LogWriter } from '../channels/Channel.js'
import type { Config } from '../config/schema.js'
import { ConfigError } from '../domain/errors.js'
import { onFileChange, type Fingerprint } from './fileChanges.js'
import type { Context } from './Terminal.js'

export interface ReloadFileOptions extends Pick<Context, 'signal' | 'onHangUp'> {
  readonly file: string
  /** Fingerprint of the file before it was first read. */
  readonly read: Fingerprint
  /** The current configuration. */
  readonly current: () => Pick<Config, 'reload'>
  /** Reads the file and applies all of it, or throws a `ConfigError` and applies nothing. */
  readonly reread: (by: string) => unknown
  readonly log: Pick<LogWriter, 'error'>
}

/**
 * Reloads the configuration on SIGHUP and, if it says so, after each change of its file. The problems of an invalid one
 * are logged line by line, and the former one stays in use.
 */
export function reloadFile({ file, read, current, reread, log, signal, onHangUp }: ReloadFileOptions): void {
  const reload = (by: string): void => {
    try {
      reread(by)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      log.error({ by }, `${file} is invalid: it is ignored, and the previous configuration stays in force`)
      for (const line of error.message.split('\n')) log.error({}, line)
    }
  }
  onHangUp?.(() => reload('SIGHUP'))
  onFileChange(file, read, { isWanted: () => current().reload === 'watch', signal }, () =>
    reload(`a change of ${file}`),
  )
}
