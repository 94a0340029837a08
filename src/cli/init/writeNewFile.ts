import { link, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { BaseError } from '../../domain/errors.js'
import { diskReason } from '../../sinks/upgradeInfo/disk/diskReason.js'

/** The file cannot be written. */
class WriteError extends BaseError {
  readonly kind = 'permanent'
}

interface NewFile {
  readonly path: string
  readonly text: string
  /** For its owner alone. */
  readonly secret: boolean
  /** A file that is there may be replaced. */
  readonly replace: boolean
}

/**
 * Writes a file as a whole, once `accept` takes what stands beside it under another name. Without `replace` a file that
 * is there stays, also one that came while people were asked.
 *
 * @throws WriteError, and what `accept` throws.
 */
export async function writeNewFile(
  { path, text, secret, replace }: NewFile,
  accept: (draft: string) => void,
): Promise<void> {
  const target = replace ? await realpath(path).catch(() => path) : path
  const draft = `${target}.${process.pid}.tmp`
  try {
    await writeFile(draft, text, { flag: 'wx', mode: secret ? 0o600 : 0o644 })
    accept(draft)
    await (replace ? rename(draft, target) : link(draft, target))
  } catch (cause) {
    throw cause instanceof BaseError ? cause : new WriteError(`${path} cannot be written: ${diskReason(cause)}.`)
  } finally {
    await rm(draft, { force: true })
  }
}
