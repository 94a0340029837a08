import { randomUUID } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { lstatIfThere } from './readUpgradeInfo.js'

/**
 * Puts `text` at `path` so that a reader sees the old file or the new one, whole, also after a power cut:
 * temp file in the same directory, fsync, rename, fsync of the directory, read back.
 *
 * Owner and mode of the `present` file are kept. A new file takes the owner of its directory where that is
 * allowed: a node that runs as another user must be able to write it too. On every failure the temp file is
 * removed and the old file stays.
 */
export async function replaceFile(path: string, text: string, present: BigIntStats | undefined): Promise<void> {
  const directory = dirname(path)
  const temp = join(directory, `.${basename(path)}.${randomUUID()}.tmp`)
  const handle = await open(temp, 'wx', 0o600)
  try {
    try {
      await handle.writeFile(text)
      await (present === undefined ? adoptFromDirectory(handle, directory) : keepOwnerAndMode(handle, present))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await assertUnchanged(path, present)
    await rename(temp, path)
  } catch (cause) {
    await rm(temp, { force: true }).catch(() => undefined)
    throw cause
  }
  await syncDirectory(directory)
  if (!(await readFile(path)).equals(Buffer.from(text))) throw new Error('the file does not read back as it was written')
}

/** Makes the names in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Throws where somebody else wrote the file since it was read. */
export async function assertUnchanged(path: string, known: BigIntStats | undefined): Promise<void> {
  const now = await lstatIfThere(path)
  const same = now?.ino === known?.ino && now?.mtimeNs === known?.mtimeNs && now?.size === known?.size
  if (!same) throw new Error('somebody else changed the file meanwhile')
}

async function keepOwnerAndMode(handle: FileHandle, { uid, gid, mode }: BigIntStats): Promise<void> {
  const mine = await handle.stat({ bigint: true })
  if (mine.uid !== uid || mine.gid !== gid) {
    await handle.chown(Number(uid), Number(gid)).catch(() => {
      throw new Error(`its owner ${String(uid)}:${String(gid)} cannot be kept; run govstream as that user`)
    })
  }
  // After chown, which clears the set-id bits.
  await handle.chmod(Number(mode & 0o7777n))
}

async function adoptFromDirectory(handle: FileHandle, directory: string): Promise<void> {
  const { uid, gid } = await stat(directory)
  await handle.chown(uid, gid).catch(() => undefined)
  await handle.chmod(0o644)
}
