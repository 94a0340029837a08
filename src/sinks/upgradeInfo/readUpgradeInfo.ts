import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './disk/hasCode.js'
import type { DataDirectory } from './disk/withDataDirectory.js'
import { maxUpgradeInfoBytes, type ParsedFile, parseUpgradeInfo } from './parseUpgradeInfo.js'

/** The content of the file, and the stats by which a later change is detected. */
export interface PresentFile {
  readonly content: ParsedFile
  /** Absent if there is no file. */
  readonly stats?: BigIntStats
}

/** Reads the file without following a link. Throws if it is not a regular file. */
export async function readUpgradeInfo(directory: DataDirectory, name = fileName): Promise<PresentFile> {
  const handle = await openFile(directory, name)
  if (handle === undefined) return { content: { kind: 'empty' } }
  try {
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile()) throw notRegular(directory, name)
    if (stats.size > BigInt(maxUpgradeInfoBytes))
      return { stats, content: { kind: 'foreign', problem: 'is too large for a plan' } }
    return { stats, content: parseUpgradeInfo(await readText(handle)) }
  } finally {
    await handle.close()
  }
}

/** The name of the file in the data directory, as wemixvisor and cosmovisor expect it. */
export const fileName = 'upgrade-info.json'

async function openFile(directory: DataDirectory, name: string): Promise<FileHandle | undefined> {
  try {
    // With O_NONBLOCK, opening a pipe does not block.
    return await open(directory.at(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined
    if (hasCode(cause, 'ELOOP', 'EMLINK'))
      throw new Error(`${join(directory.path, name)} is a symbolic link; put a regular file there or remove it`)
    if (hasCode(cause, 'EACCES')) throw await unreadable(directory, name, cause)
    throw hasCode(cause, 'ENXIO') ? notRegular(directory, name) : cause
  }
}

/** Reads at most the maximum size, even if the file grows meanwhile. */
async function readText(handle: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(maxUpgradeInfoBytes), position: 0 })
  return buffer.toString('utf8', 0, bytesRead)
}

/** Names the file and its owner, because only the owner can change its mode. */
async function unreadable(directory: DataDirectory, name: string, cause: unknown): Promise<unknown> {
  const owner = await lstat(directory.at(name)).catch(() => undefined)
  if (owner === undefined) return cause
  return new Error(
    `${join(directory.path, name)} belongs to user ${owner.uid} and may not be read by us; give it to the user of the node, or run govstream as user ${owner.uid}`,
  )
}

function notRegular(directory: DataDirectory, name: string): Error {
  return new Error(`${join(directory.path, name)} is not a regular file; move it away`)
}
