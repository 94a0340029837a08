import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises'
import { hasCode } from './hasCode.js'
import type { DataDirectory } from './withDataDirectory.js'
import { tempName } from './tempFiles.js'

/**
 * Puts `text` at `name` so that a reader sees the old file or the new one, whole, also after a power cut:
 * temp file in the same directory, fsync, rename, fsync of the directory, read back. Where there is no file a link
 * takes the place of the rename: it never replaces what somebody else put there in the last moment.
 *
 * Owner and mode of the `present` file are kept. A new file takes the owner of its directory where that is
 * allowed: a node that runs as another user must be able to write it too. On every failure the temp file is
 * removed and the old file stays.
 *
 * @returns what the file is known by now
 * @param lastLook - Called last of all, right before the file appears; what it throws stops that.
 */
export async function replaceFile(
  directory: DataDirectory,
  name: string,
  text: string,
  present: BigIntStats | undefined,
  lastLook: () => void = () => undefined,
): Promise<BigIntStats> {
  const temp = tempName()
  const written = await writeTemp(directory, temp, text, present)
  try {
    await assertUnchanged(directory, name, present)
    lastLook()
    await (present === undefined ? putNew(directory, temp, name) : rename(directory.at(temp), directory.at(name)))
  } catch (cause) {
    await unlink(directory.at(temp)).catch(() => undefined)
    throw cause
  }
  await directory.sync()
  // The directory may be new as well: made now, or by one that was killed.
  if (present === undefined) await directory.syncPlace()
  await assertReadsBack(directory, name, text, written)
  await directory.assertInPlace()
  return written
}

/** Makes a file durable that is there already, and its name. */
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

/** Gives a file another name that nobody has; the old one goes. */
async function putNew(directory: DataDirectory, from: string, to: string): Promise<void> {
  try {
    await link(directory.at(from), directory.at(to))
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) throw changedMeanwhile()
    // Some file systems know no links.
    await assertUnchanged(directory, to, undefined)
    await rename(directory.at(from), directory.at(to))
    return
  }
  await unlink(directory.at(from)).catch(() => undefined)
}

/**
 * Moves the file that was read before to another name, and gives that; what somebody else put in its place in the last
 * moment is put back, where nothing newer is there.
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

/** Writes a new file, durable and with its final owner and mode; removes it again where that fails. */
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

/** Throws where somebody else wrote the file since it was read. */
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
  // No set-id bits: nobody needs them on a file that is read.
  await handle.chmod(Number(mode & 0o777n))
}

async function adoptFrom({ stats: { uid, gid } }: DataDirectory, handle: FileHandle): Promise<void> {
  await handle.chown(Number(uid), Number(gid)).catch(() => undefined)
  await handle.chmod(0o644)
}
