import { lstat, mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonOf } from '../domain/errors.js'

/** What the names of these directories begin with. */
export const privatePrefix = 'govstream-preflight-'
// Who is at work in one shows it this often, and who has not shown it for so long was killed. Milliseconds.
const beatMs = 30_000
const deadAfterMs = 180_000
// What was left that long ago makes room first; what came later may be what `use` goes on with.
const uselessAfterMs = 3_600_000

/**
 * A new directory that only our user can read, for as long as `use` runs. Those that a killed process left behind are
 * removed with it. Where none can be made, `without` is told why. Rejects as those do.
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

/** Never rejects: who cannot show that it is at work loses its directory at worst, and looks again. */
async function beat(directory: string): Promise<void> {
  const now = new Date()
  await utimes(directory, now, now).catch(() => undefined)
}

/** Never rejects: what cannot be removed is no fault of this look. */
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
