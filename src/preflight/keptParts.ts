import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { HashType } from '../domain/readiness/plannedDownload.js'
import { privatePrefix } from './withPrivateDirectory.js'

/** A download and its expected hash. */
export interface WantedDownload {
  readonly url: URL
  readonly hash: HashType
  /** Lower-case hex. */
  readonly expected: string
}

// Maximum age of a kept part, in milliseconds. A preflight runs every half hour until it is ready, so that an older
// part belongs to no plan.
const longestKept = 259_200_000
const mostKept = 4
// Maximum length of the validator, because it is a part of the file name.
const longestMark = 110
// Prefix of the note of a part; the name under which the part is kept follows.
const notePrefix = 'begun.'

/**
 * Moves what an earlier run kept of a download to `path`, and returns the validator of the file it belongs to. Returns
 * undefined if there is none, or if the directory is not ours alone. Parts that are too old are removed. If none was
 * kept, the part of a run that was killed is copied. Never rejects.
 *
 * @param path - Target of the part, in a directory of ours.
 * @param now - Host clock, Unix milliseconds.
 * @param room - Maximum number of bytes to write: a part that was left is copied, and exists twice for a while.
 */
export async function takePart(
  wanted: WantedDownload,
  path: string,
  { now, room }: { readonly now: number; readonly room: number },
): Promise<string | undefined> {
  return (await takeKeptPart(wanted, path, now)) ?? (await copyLeft(wanted, path, room))
}

async function takeKeptPart(wanted: WantedDownload, path: string, now: number): Promise<string | undefined> {
  const directory = await ownDirectory(dirname(path), false)
  if (directory === undefined) return undefined
  await clearUp(directory, now)
  const key = keyOf(wanted)
  const name = (await readdir(directory).catch(() => [])).find((one) => one.startsWith(`${key}.`))
  if (name === undefined) return undefined
  // Of two runs at the same time, one gets it.
  const isTaken = await rename(join(directory, name), path).then(
    () => true,
    () => false,
  )
  await rmdir(directory).catch(() => undefined)
  return isTaken ? markIn(name) : undefined
}

/**
 * Copies the part of another run, usually one that was killed, and returns its validator. A run that is still going
 * does no harm: it writes from the first byte to the last, and keeps its own file.
 */
async function copyLeft(wanted: WantedDownload, path: string, room: number): Promise<string | undefined> {
  const left = await leftBy(wanted, path)
  const [longest] = left.filter(({ size }) => size <= room).sort((one, other) => other.size - one.size)
  if (longest === undefined) return undefined
  const isCopied = await copyFile(longest.path, path, constants.COPYFILE_FICLONE).then(
    () => true,
    () => false,
  )
  if (isCopied) return longest.mark
  await rm(path, { force: true }).catch(() => undefined)
  return undefined
}

/** Returns the parts of a download in the directories of other runs. */
async function leftBy(wanted: WantedDownload, path: string): Promise<{ path: string; mark: string; size: number }[]> {
  const own = dirname(path)
  const { uid } = await lstat(own)
  const names = await readdir(dirname(own)).catch(() => [])
  const note = `${notePrefix}${keyOf(wanted)}.`
  const left: { path: string; mark: string; size: number }[] = []
  for (const name of names.filter((one) => one.startsWith(privatePrefix) && one !== basename(own))) {
    const directory = join(dirname(own), name)
    if (!isOnlyFor(uid, await lstat(directory).catch(() => undefined))) continue
    const noted = (await readdir(directory).catch(() => [])).find((one) => one.startsWith(note))
    const file = join(directory, basename(path))
    const stats = noted === undefined ? undefined : await lstat(file).catch(() => undefined)
    if (noted !== undefined && stats !== undefined)
      left.push({ path: file, mark: markIn(noted.slice(notePrefix.length)), size: stats.size })
  }
  return left
}

/**
 * Notes beside a running download which file its part belongs to, in case the run is killed; removes the note if there
 * is no validator. Never rejects: without the note the next run starts again.
 */
export async function notePart(wanted: WantedDownload, path: string, mark: string | undefined): Promise<void> {
  const directory = dirname(path)
  const names = await readdir(directory).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(notePrefix)))
    await rm(join(directory, name), { force: true }).catch(() => undefined)
  const name = mark === undefined ? undefined : nameOf(wanted, mark)
  if (name !== undefined) await writeFile(join(directory, `${notePrefix}${name}`), '').catch(() => undefined)
}

/** Keeps the part of a download so that the next run can resume it. Never rejects: without it that run starts again. */
export async function keepPart(wanted: WantedDownload, path: string, mark: string, now: number): Promise<void> {
  const name = nameOf(wanted, mark)
  const directory = name === undefined ? undefined : await ownDirectory(dirname(path), true)
  if (name === undefined || directory === undefined) return
  await rename(path, join(directory, name)).catch(() => undefined)
  await clearUp(directory, now)
}

/** Returns the name under which the part is kept; undefined if its validator is too long. */
function nameOf(wanted: WantedDownload, mark: string): string | undefined {
  if (Buffer.byteLength(mark) > longestMark) return undefined
  return `${keyOf(wanted)}.${Buffer.from(mark).toString('base64url')}`
}

function markIn(name: string): string {
  return Buffer.from(name.slice(name.indexOf('.') + 1), 'base64url').toString()
}

function keyOf({ url, hash, expected }: WantedDownload): string {
  return createHash('sha256')
    .update(JSON.stringify([url.href, hash, expected]))
    .digest('hex')
}

/** Returns the directory of kept parts, which only our user can read; undefined if it belongs to another user. */
async function ownDirectory(ours: string, isMade: boolean): Promise<string | undefined> {
  const { uid } = await lstat(ours)
  const path = join(tmpdir(), `govstream-downloads-${uid}`)
  if (isMade) await mkdir(path, { mode: 0o700 }).catch(() => undefined)
  const stats = await lstat(path).catch(() => undefined)
  return isOnlyFor(uid, stats) ? path : undefined
}

function isOnlyFor(uid: number, stats: Stats | undefined): boolean {
  return stats?.isDirectory() === true && stats.uid === uid && (stats.mode & 0o077) === 0
}

/** Removes all but the newest few parts. */
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
