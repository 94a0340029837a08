import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { HashType } from '../domain/readiness/plannedDownload.js'

/** A download by what it is to be. */
export interface WantedDownload {
  readonly url: URL
  readonly hash: HashType
  /** Lower-case hex. */
  readonly expected: string
}

// A look comes again each half hour until it is ready: what nobody went on with for so long belongs to no plan.
const longestKept = 259_200_000
const mostKept = 4
// The mark is a part of the file's name.
const longestMark = 110

/**
 * Takes what an earlier look kept of a download, and gives the mark of the file that it is the beginning of; nothing
 * where there is none, or where the directory is not ours alone. What is too old goes. Never rejects.
 *
 * @param path - Where it goes, in a directory of ours.
 * @param now - Host clock, Unix milliseconds.
 */
export async function takePart(wanted: WantedDownload, path: string, now: number): Promise<string | undefined> {
  const directory = await ownDirectory(dirname(path), false)
  if (directory === undefined) return undefined
  await clearUp(directory, now)
  const key = keyOf(wanted)
  const name = (await readdir(directory).catch(() => [])).find((one) => one.startsWith(`${key}.`))
  if (name === undefined) return undefined
  // Of two looks at once, one gets it.
  const isTaken = await rename(join(directory, name), path).then(
    () => true,
    () => false,
  )
  await rmdir(directory).catch(() => undefined)
  return isTaken ? Buffer.from(name.slice(key.length + 1), 'base64url').toString() : undefined
}

/** Keeps what came of a download, for the next look to go on with. Never rejects: without it that begins anew. */
export async function keepPart(wanted: WantedDownload, path: string, mark: string, now: number): Promise<void> {
  if (Buffer.byteLength(mark) > longestMark) return
  const directory = await ownDirectory(dirname(path), true)
  if (directory === undefined) return
  const name = `${keyOf(wanted)}.${Buffer.from(mark).toString('base64url')}`
  await rename(path, join(directory, name)).catch(() => undefined)
  await clearUp(directory, now)
}

function keyOf({ url, hash, expected }: WantedDownload): string {
  return createHash('sha256')
    .update(JSON.stringify([url.href, hash, expected]))
    .digest('hex')
}

/** The directory where parts are kept, which nobody but our user may look into; nothing where another has it. */
async function ownDirectory(ours: string, isMade: boolean): Promise<string | undefined> {
  const { uid } = await lstat(ours)
  const path = join(tmpdir(), `govstream-downloads-${uid}`)
  if (isMade) await mkdir(path, { mode: 0o700 }).catch(() => undefined)
  const stats = await lstat(path).catch(() => undefined)
  const isOurs = stats?.isDirectory() === true && stats.uid === uid && (stats.mode & 0o077) === 0
  return isOurs ? path : undefined
}

/** Leaves the newest few. */
async function clearUp(directory: string, now: number): Promise<void> {
  const names = await readdir(directory).catch(() => [])
  const kept = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name)
      return { path, at: (await lstat(path).catch(() => undefined))?.mtimeMs ?? 0 }
    }),
  )
  const newest = kept.sort((one, other) => other.at - one.at)
  const old = newest.filter(({ at }, index) => index >= mostKept || now - at > longestKept)
  for (const { path } of old) await rm(path, { recursive: true, force: true }).catch(() => undefined)
}
