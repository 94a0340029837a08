import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { HashType } from '../domain/readiness/plannedDownload.js'
import { privatePrefix } from './withPrivateDirectory.js'

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
// Before the name that a part has where it is kept.
const notePrefix = 'begun.'

/**
 * Takes what an earlier look kept of a download, and gives the mark of the file that it is the beginning of; nothing
 * where there is none, or where the directory is not ours alone. What is too old goes. Where none was kept, a look that
 * was killed may have left one. Never rejects.
 *
 * @param path - Where it goes, in a directory of ours.
 * @param now - Host clock, Unix milliseconds.
 * @param room - Bytes that may be written: what was left is copied, and lies there twice for a while.
 */
export async function takePart(
  wanted: WantedDownload,
  path: string,
  { now, room }: { readonly now: number; readonly room: number },
): Promise<string | undefined> {
  return (await takeKept(wanted, path, now)) ?? (await copyLeft(wanted, path, room))
}

async function takeKept(wanted: WantedDownload, path: string, now: number): Promise<string | undefined> {
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
  return isTaken ? markIn(name) : undefined
}

/**
 * Copies what another look has so far, mostly one that was killed, and gives its mark. One that still runs is not in
 * the way: it writes from the first byte to the last, and its own file stays with it.
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

/** What other looks have of a download so far. */
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
 * Notes beside a download under way which file it is the beginning of, in case its look is killed; takes the note away
 * where there is no mark. Never rejects: without it the next look begins anew.
 */
export async function notePart(wanted: WantedDownload, path: string, mark: string | undefined): Promise<void> {
  const directory = dirname(path)
  const names = await readdir(directory).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(notePrefix)))
    await rm(join(directory, name), { force: true }).catch(() => undefined)
  const name = mark === undefined ? undefined : nameOf(wanted, mark)
  if (name !== undefined) await writeFile(join(directory, `${notePrefix}${name}`), '').catch(() => undefined)
}

/** Keeps what came of a download, for the next look to go on with. Never rejects: without it that begins anew. */
export async function keepPart(wanted: WantedDownload, path: string, mark: string, now: number): Promise<void> {
  const name = nameOf(wanted, mark)
  const directory = name === undefined ? undefined : await ownDirectory(dirname(path), true)
  if (name === undefined || directory === undefined) return
  await rename(path, join(directory, name)).catch(() => undefined)
  await clearUp(directory, now)
}

/** What it is called where it is kept; nothing where its mark is too long for that. */
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

/** The directory where parts are kept, which nobody but our user may look into; nothing where another has it. */
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
