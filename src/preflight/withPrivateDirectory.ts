import { lstat, mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonOf } from '../domain/errors.js'

/** Name prefix of these directories. */
export const privatePrefix = 'govstream-preflight-'
// A run updates the time of its directory at this interval, in milliseconds. After the second time it counts as killed.
const beatMs = 30_000
const deadAfterMs = 180_000
// Directories that were left longer ago are removed before the run; `use` may resume from later ones.
const uselessAfterMs = 3_600_000

/**
 * Runs `use` with a new directory that only our user can read, and removes it afterwards, together with those that a
 * killed process left. If none can be created, runs `without` with the reason. Rejects as these do.
 */
export async function withPrivateDirectory<T>(
  use: (directory: string) => Promise<T>,
  without: (problem: string) => Promise<T> | T,
): Promise<T> {
  const parent = tmpdir()
  const directory = await mkdtemp(join(parent, privatePrefix)).catch((cause: unknown) => ({ problem: reasonOf(cause) }))
  if (typeof directory !== 'string') return without(directory.problem)
  const beating = setInterval(() => void beat(directory), beatMs).unref()
  try {
    await removeLeftovers(parent, directory, uselessAfterMs)
    return await use(directory)
  } finally {
    clearInterval(beating)
    await beat(directory)
    await removeLeftovers(parent, directory, deadAfterMs)
    await rm(directory, { recursive: true, force: true })
  }
}

/** Never rejects: at worst the directory is taken for an abandoned one, and the next preflight starts again. */
async function beat(directory: string): Promise<void> {
  const now = new Date()
  await utimes(directory, now, now).catch(() => undefined)
}

/** Never rejects: a directory that cannot be removed is no failure of this run. */
async function removeLeftovers(parent: string, own: string, afterMs: number): Promise<void> {
  const ours = await lstat(own).catch(() => undefined)
  if (ours === undefined) return
  const { mtimeMs: now, uid } = ours
  const names = await readdir(parent).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(privatePrefix))) {
    const path = join(parent, name)
    const stats = await lstat(path).catch(() => undefined)
    const isLeft = stats?.isDirectory() === true && stats.uid === uid && now - stats.mtimeMs > afterMs
    if (isLeft) await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}
