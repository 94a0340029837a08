import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises'
import { hasCode } from './hasCode.js'
import type { DataDirectory } from './withDataDirectory.js'
import { tempName } from './tempFiles.js'

/**
 * Puts `text` at `name` so that a reader sees the old file or the new one, whole, also after a power cut:
 * temp file in the same directory, fsync, rename, fsync of the directory, read back.
 *
 * Owner and mode of the `present` file are kept. A new file takes the owner of its directory where that is
 * allowed: a node that runs as another user must be able to write it too. On every failure the temp file is
 * removed and the old file stays.
 *
 * @param lastLook - Called last of all, right before the file appears; what it throws stops that.
 */
export async function replaceFile(
  directory: DataDirectory,
  name: string,
  text: string,
  present: BigIntStats | undefined,
  lastLook: () => void = () => undefined,
): Promise<void> {
  const temp = tempName()
  const written = await writeTemp(directory, temp, text, present)
  try {
    await assertUnchanged(directory, name, present)
    lastLook()
    await rename(directory.at(temp), directory.at(name))
  } catch (cause) {
    await unlink(directory.at(temp)).catch(() => undefined)
    throw cause
  }
  await directory.sync()
  await assertReadsBack(directory, name, text, written)
  await directory.assertInPlace()
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
export async function assertUnchanged(
  directory: DataDirectory,
  name: string,
  known: BigIntStats | undefined,
): Promise<void> {
  const now = await lstatIfThere(directory, name)
  const same = now?.ino === known?.ino && now?.mtimeNs === known?.mtimeNs && now?.size === known?.size
  if (!same) throw new Error('somebody else changed the file meanwhile')
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
