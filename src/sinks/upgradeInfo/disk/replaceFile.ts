import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises'
import { hasCode } from './hasCode.js'
import type { DataDirectory } from './withDataDirectory.js'
import { tempName } from './tempFiles.js'

interface Moments {
  /** Called last, immediately before the file appears; if it throws, nothing is written. */
  readonly lastLook?: () => void
  /** Called once the file has appeared. What fails afterwards leaves it in place. */
  readonly onPlaced?: () => void
}

/**
 * Writes `text` to `name` so that a reader sees either the whole old file or the whole new one, even after a power cut:
 * temporary file in the same directory, fsync, rename, fsync of the directory, read back. If there is no file yet, a
 * hard link is used instead of the rename, because it never replaces a file that somebody else creates at the last
 * moment.
 *
 * Owner and mode of the `present` file are kept. A new file gets the owner of its directory if that is allowed, because
 * a node that runs as another user must be able to write it too. If a step up to the
 * rename fails, the temporary file is removed and the old file stays; a later failure leaves the new file in place.
 *
 * @returns the stats of the new file
 */
export async function replaceFile(
  directory: DataDirectory,
  name: string,
  text: string,
  present: BigIntStats | undefined,
  { lastLook, onPlaced }: Moments = {},
): Promise<BigIntStats> {
  const temp = tempName()
  const written = await writeTemp(directory, temp, text, present)
  try {
    await assertUnchanged(directory, name, present)
    lastLook?.()
    await (present === undefined ? putNew(directory, temp, name) : rename(directory.at(temp), directory.at(name)))
  } catch (cause) {
    await unlink(directory.at(temp)).catch(() => undefined)
    throw cause
  }
  onPlaced?.()
  await directory.sync()
  // The directory may be new too, created now or by a process that was killed.
  if (present === undefined) await directory.syncPlace()
  await assertReadsBack(directory, name, text, written)
  await directory.assertInPlace()
  return written
}

/** Makes an existing file and its name durable. */
export async function syncFile(directory: DataDirectory, name: string): Promise<void> {
  const handle = await open(directory.at(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  await directory.sync()
  await directory.syncPlace()
}

/** Renames a file without replacing an existing one. */
async function putNew(directory: DataDirectory, from: string, to: string): Promise<void> {
  try {
    await link(directory.at(from), directory.at(to))
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) throw changedMeanwhile()
    // Some file systems do not support hard links.
    await assertUnchanged(directory, to, undefined)
    await rename(directory.at(from), directory.at(to))
    return
  }
  await unlink(directory.at(from)).catch(() => undefined)
}

/**
 * Moves a file that was read before to another name. If somebody else replaced it at the last moment, that file is put
 * back unless a newer one is there, and an error is thrown.
 */
export async function moveKnown(
  directory: DataDirectory,
  name: string,
  to: string,
  known: BigIntStats | undefined,
): Promise<void> {
  await assertUnchanged(directory, name, known)
  await rename(directory.at(name), directory.at(to))
  if (isUnchanged(await lstatIfThere(directory, to), known)) return
  await putNew(directory, to, name)
  throw changedMeanwhile()
}

/** Writes a new durable file with its final owner and mode; removes it if that fails. */
export async function writeTemp(
  directory: DataDirectory,
  temp: string,
  text: string,
  present: BigIntStats | undefined,
): Promise<BigIntStats> {
  const handle = await open(
    directory.at(temp),
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  )
  try {
    try {
      await handle.writeFile(text)
      await (present === undefined ? adoptFrom(directory, handle) : keepOwnerAndMode(handle, present))
      await handle.sync()
      return await handle.stat({ bigint: true })
    } finally {
      await handle.close()
    }
  } catch (cause) {
    await unlink(directory.at(temp)).catch(() => undefined)
    throw cause
  }
}

/** Throws if the file was changed since it was read. */
async function assertUnchanged(directory: DataDirectory, name: string, known: BigIntStats | undefined): Promise<void> {
  if (!isUnchanged(await lstatIfThere(directory, name), known)) throw changedMeanwhile()
}

function isUnchanged(now: BigIntStats | undefined, known: BigIntStats | undefined): boolean {
  return now?.ino === known?.ino && now?.mtimeNs === known?.mtimeNs && now?.size === known?.size
}

function changedMeanwhile(): Error {
  return new Error('somebody else changed the file meanwhile')
}

export async function lstatIfThere(directory: DataDirectory, name: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(directory.at(name), { bigint: true })
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined
    throw cause
  }
}

async function assertReadsBack(
  directory: DataDirectory,
  name: string,
  text: string,
  written: BigIntStats,
): Promise<void> {
  const handle = await open(directory.at(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { ino, size } = await handle.stat({ bigint: true })
    const isOurs = ino === written.ino && size === written.size
    if (!isOurs || (await handle.readFile('utf8')) !== text)
      throw new Error('the file does not read back as it was written')
  } finally {
    await handle.close()
  }
}

async function keepOwnerAndMode(handle: FileHandle, { uid, gid, mode }: BigIntStats): Promise<void> {
  const mine = await handle.stat({ bigint: true })
  if (mine.uid !== uid || mine.gid !== gid) {
    await handle.chown(Number(uid), Number(gid)).catch(() => {
      throw new Error(`its owner ${String(uid)}:${String(gid)} cannot be kept; run govstream as that user`)
    })
  }
  // Set-id bits are dropped, because a data file does not need them.
  await handle.chmod(Number(mode & 0o777n))
}

async function adoptFrom({ stats: { uid, gid } }: DataDirectory, handle: FileHandle): Promise<void> {
  await handle.chown(Number(uid), Number(gid)).catch(() => undefined)
  await handle.chmod(0o644)
}
