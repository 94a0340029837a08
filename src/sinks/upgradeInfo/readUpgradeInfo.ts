import type { BigIntStats } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { maxUpgradeInfoBytes, type ParsedFile, parseUpgradeInfo } from './parseUpgradeInfo.js'

/** What lies at the path, and the mark by which a change of it is noticed. */
export interface PresentFile {
  readonly content: ParsedFile
  /** Absent where there is no file. */
  readonly stats?: BigIntStats
}

/** Reads the file without following a link. Throws where the path holds anything but a regular file. */
export async function readUpgradeInfo(path: string): Promise<PresentFile> {
  const stats = await lstatIfThere(path)
  if (stats === undefined) return { content: { kind: 'empty' } }
  if (stats.isSymbolicLink()) throw new Error(`${path} is a symbolic link; put a regular file there or remove it`)
  if (!stats.isFile()) throw new Error(`${path} is not a regular file; move it away`)
  if (stats.size > BigInt(maxUpgradeInfoBytes)) return { stats, content: { kind: 'foreign', problem: 'is too large for a plan' } }
  return { stats, content: parseUpgradeInfo(await readFile(path, 'utf8')) }
}

export async function lstatIfThere(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true })
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw cause
  }
}

export function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}
