import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasCode } from './hasCode.js'
import { foreignOwnerOnPath } from './foreignOwnerOnPath.js'

/**
 * The open data directory of a home. Files in it are accessed through the descriptor, so that nobody can redirect them
 * by replacing the directory with a link. fs-extra supports only paths, so `node:fs` is used.
 */
export interface DataDirectory {
  /** Absolute path as the operator knows it, for messages. */
  readonly path: string
  /** The path of `name` in the open directory, independent of where the directory's own path leads now. */
  readonly at: (name: string) => string
  readonly stats: BigIntStats
  readonly fd: number
  /** Makes the names in the directory durable. */
  readonly sync: () => Promise<void>
  /** Makes the directory's own name durable, if the home can be opened for reading. */
  readonly syncPlace: () => Promise<void>
  /** Throws if the path leads to another directory now, because the node would look there. */
  readonly assertInPlace: () => Promise<void>
}

export interface OpenOptions {
  /**
   * Creates the data directory if only that is missing. The home is never created: a wrong path must not look like a
   * fresh node.
   */
  readonly make?: boolean
  /** Where the kernel shows open descriptors as directories. @defaultValue `/proc/self/fd`, as on Linux */
  readonly descriptors?: string
}

/**
 * Opens `<home>/data` while `use` runs. Returns undefined if it is missing and must not be created.
 *
 * As root it writes only if nobody except root and the owner of the home can have placed the directory or the home.
 * Below a home of another user it refuses to write if the system cannot access files through a descriptor; run it as
 * the owner there.
 */
export async function withDataDirectory<T>(
  home: string,
  { make = false, descriptors = '/proc/self/fd' }: OpenOptions,
  use: (directory: DataDirectory) => Promise<T>,
): Promise<T | undefined> {
  const named = `the home ${resolve(home)}`
  const homeHandle = await openOr(home, homeFlags, {
    ENOENT: `${named} does not exist; check upgradeInfo.home`,
    ENOTDIR: `${named} is not a directory; check upgradeInfo.home`,
  })
  try {
    const parent = await heldOpen(homeHandle, resolve(home), descriptors)
    if (process.geteuid?.() === 0) await assertNotLed(parent)
    const data = await openData(parent, make, descriptors)
    if (data === undefined) return undefined
    try {
      const held = await heldOpen(data.handle, join(parent.path, 'data'), descriptors)
      const directory = { ...held, syncPlace: () => syncNames(parent.at('.')) }
      if (process.geteuid?.() === 0) assertSafeForRoot(parent, directory, data.linked)
      return await use(directory)
    } finally {
      await data.handle.close()
    }
  } finally {
    await homeHandle.close()
  }
}

// O_PATH opens a home that may be traversed but not listed. Node has no constant for it.
const homeFlags = constants.O_DIRECTORY | (process.platform === 'linux' ? 0o10000000 : constants.O_RDONLY)

interface Held extends Omit<DataDirectory, 'syncPlace'> {
  readonly viaDescriptor: boolean
}

async function heldOpen(handle: FileHandle, path: string, descriptors: string): Promise<Held> {
  const stats = await handle.stat({ bigint: true })
  const own = join(descriptors, String(handle.fd))
  // The trailing dot resolves to the directory that the descriptor holds, not to its entry.
  const viaDescriptor = isSame(stats, await stat(`${own}/.`, { bigint: true }).catch(() => undefined))
  return {
    path,
    stats,
    fd: handle.fd,
    viaDescriptor,
    at: (name) => join(viaDescriptor ? own : path, name),
    sync: () => handle.sync(),
    assertInPlace: async () => {
      const now = await stat(path, { bigint: true }).catch(() => undefined)
      if (!isSame(stats, now)) throw new Error(`${path} was exchanged for another directory meanwhile`)
    },
  }
}

async function openData(
  home: Held,
  make: boolean,
  descriptors: string,
): Promise<{ readonly handle: FileHandle; readonly linked: boolean } | undefined> {
  const place = home.at('data')
  const path = join(home.path, 'data')
  try {
    return { handle: await open(place, dataFlags | constants.O_NOFOLLOW), linked: false }
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return make ? { handle: await makeData(home, descriptors), linked: false } : undefined
    // The error for a link with O_NOFOLLOW differs between systems. If it is no directory, the next open fails too.
    if (!hasCode(cause, 'ENOTDIR', 'ELOOP', 'EMLINK')) throw cause
    const handle = await openOr(place, dataFlags, {
      ENOTDIR: `${path} is not a directory; check upgradeInfo.home`,
      ENOENT: `${path} is a link to nothing; put a directory there`,
    })
    return { handle, linked: true }
  }
}

const dataFlags = constants.O_RDONLY | constants.O_DIRECTORY

/** The new directory is given to the owner of the home, because the node must be able to write there. */
async function makeData(home: Held, descriptors: string): Promise<FileHandle> {
  const { uid, gid } = home.stats
  const me = process.geteuid?.()
  if (me === 0 && uid !== 0n) assertViaDescriptor(home, home)
  const place = home.at('data')
  await mkdir(place, 0o755)
  const handle = await open(place, dataFlags | constants.O_NOFOLLOW)
  try {
    const made = await heldOpen(handle, join(home.path, 'data'), descriptors)
    // Another directory may have been moved here meanwhile, so only an empty one of our own is given away.
    const isOurs = made.stats.uid === BigInt(me ?? 0) && (await readdir(made.at('.'))).length === 0
    if (isOurs && (me !== Number(uid) || made.stats.gid !== gid))
      await handle.chown(Number(uid), Number(gid)).catch(() => undefined)
    return handle
  } catch (cause) {
    await handle.close()
    throw cause
  }
}

async function syncNames(place: string): Promise<void> {
  const handle = await open(place, dataFlags).catch((cause: unknown) => {
    if (hasCode(cause, 'EACCES')) return undefined
    throw cause
  })
  if (handle === undefined) return
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A user who can replace a directory or link above the home could redirect root into any directory. */
async function assertNotLed({ path, stats: { uid } }: Held): Promise<void> {
  const stranger = await foreignOwnerOnPath(path, uid)
  if (stranger === undefined) return
  throw new Error(
    `${path} lies behind ${stranger.place}, which user ${stranger.owner} controls, but belongs to user ${uid}; root does not go there: run govstream as the user of the node`,
  )
}

/** Root can write and change the owner of anything, so no other user may control the way to the directory. */
function assertSafeForRoot(home: Held, data: Held, linked: boolean): void {
  const owner = home.stats.uid
  const others = (home.stats.mode & 0o022n) !== 0n
  if (owner !== 0n || data.stats.uid !== 0n) assertViaDescriptor(home, data)
  if (linked && (others || data.stats.uid !== owner)) {
    throw new Error(
      `${data.path} is a link that root does not follow, for it leads to a directory of another owner than the home; run govstream as the user of the node`,
    )
  }
  if (!linked && (owner !== 0n || others) && data.stats.uid !== owner && data.stats.uid !== 0n) {
    throw new Error(
      `${data.path} belongs to user ${data.stats.uid} and the home to user ${owner}; root writes in neither's place: run govstream as the user of the node`,
    )
  }
}

function assertViaDescriptor(home: Held, { stats, viaDescriptor, path }: Held): void {
  if (home.viaDescriptor && viaDescriptor) return
  const owner = stats.uid === 0n ? home.stats.uid : stats.uid
  throw new Error(
    `${path} is controlled by user ${owner}, and without /proc root cannot write there safely; run govstream as user ${owner}`,
  )
}

async function openOr(path: string, flags: number, sentences: Readonly<Record<string, string>>): Promise<FileHandle> {
  try {
    return await open(path, flags)
  } catch (cause) {
    const [, sentence] = Object.entries(sentences).find(([code]) => hasCode(cause, code)) ?? []
    throw sentence === undefined ? cause : new Error(sentence)
  }
}

function isSame(a: BigIntStats, b: BigIntStats | undefined): boolean {
  return b !== undefined && a.ino === b.ino && a.dev === b.dev
}
