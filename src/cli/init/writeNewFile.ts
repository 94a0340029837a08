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
  /** True if only its owner may read it. */
  readonly secret: boolean
  /** True if an existing file may be replaced. */
  readonly replace: boolean
}

/**
 * Writes a file atomically: first beside the target, and after `accept` of that draft in its place. Without `replace`
 * an existing file stays, even one that appeared during the questions.
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
