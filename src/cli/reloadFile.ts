import type { LogWriter } from '../channels/Channel.js'
import type { Config } from '../config/schema.js'
import { ConfigError } from '../domain/errors.js'
import { onFileChange, type Sight } from './fileChanges.js'
import type { Context } from './Terminal.js'

export interface ReloadFileOptions extends Pick<Context, 'signal' | 'onHangUp'> {
  readonly file: string
  /** How it stood before it was read for the first time. */
  readonly read: Sight
  /** The configuration that is worked with now. */
  readonly current: () => Pick<Config, 'reload'>
  /** Reads the file and takes up all of it, or nothing and throws a `ConfigError`. */
  readonly reread: (by: string) => unknown
  readonly log: Pick<LogWriter, 'error'>
}

/**
 * Reads the configuration again at a hang-up, and, where it wants that, after each change of its file. A wrong one is
 * told line by line, and the former one goes on.
 */
export function reloadFile({ file, read, current, reread, log, signal, onHangUp }: ReloadFileOptions): void {
  const reload = (by: string): void => {
    try {
      reread(by)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      log.error({ by }, `${file} is wrong: nothing of it is taken up, and the configuration before goes on`)
      for (const line of error.message.split('\n')) log.error({}, line)
    }
  }
  onHangUp?.(() => reload('SIGHUP'))
  onFileChange(file, read, { isWanted: () => current().reload === 'watch', signal }, () =>
    reload(`a change of ${file}`),
  )
}
