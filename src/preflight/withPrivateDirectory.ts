import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonOf } from '../domain/errors.js'

/** What the names of these directories begin with. */
export const privatePrefix = 'govstream-preflight-'
// No look lasts that long. Milliseconds.
const longestLook = 3_600_000

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
  try {
    await removeLeftovers(parent, directory)
    return await use(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Never rejects: what cannot be removed is no fault of this look. */
async function removeLeftovers(parent: string, own: string): Promise<void> {
  const { mtimeMs: now, uid } = await lstat(own)
  const names = await readdir(parent).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(privatePrefix))) {
    const path = join(parent, name)
    const stats = await lstat(path).catch(() => undefined)
    const isLeft = stats?.isDirectory() === true && stats.uid === uid && now - stats.mtimeMs > longestLook
    if (isLeft) await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}
