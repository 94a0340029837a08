import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasCode } from './hasCode.js'
import { foreignOwnerOnPath } from './foreignOwnerOnPath.js'

/**
 * The data directory of a home, held open. Names in it are reached through the descriptor, so that nobody can lead
 * them elsewhere by exchanging a directory for a link. fs-extra knows paths only; this work stays on `node:fs`.
 */
export interface DataDirectory {
  /** Absolute, as the operator knows it: for sentences. */
  readonly path: string
  /** Where the kernel finds `name` in the open directory, whatever its path leads to by now. */
  readonly at: (name: string) => string
  readonly stats: BigIntStats
  readonly fd: number
  /** Makes the names in it durable. */
  readonly sync: () => Promise<void>
  /** Makes its own name durable, where we may look into the home. */
  readonly syncPlace: () => Promise<void>
  /** Throws where the path leads to another directory by now: the node would look there. */
  readonly assertInPlace: () => Promise<void>
}

export interface OpenOptions {
  /** Makes the directory where only it is missing; the home never: a wrong path must not look like a fresh node. */
  readonly make?: boolean
  /** Where the kernel shows open descriptors as directories. @defaultValue `/proc/self/fd`, as Linux does */
  readonly descriptors?: string
}

/**
 * Opens `<home>/data` for as long as `use` runs; gives `undefined` where it is missing and is not to be made.
 *
 * As root it writes only where nobody but root or the owner of the home can have put the directory or the home, and not
 * at all below somebody else's home where the system cannot reach files through a descriptor: there, run as the owner.
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

// O_PATH: a home may let others through without letting them list it. Node has no name for it.
const homeFlags = constants.O_DIRECTORY | (process.platform === 'linux' ? 0o10000000 : constants.O_RDONLY)

interface Held extends Omit<DataDirectory, 'syncPlace'> {
  readonly viaDescriptor: boolean
}

async function heldOpen(handle: FileHandle, path: string, descriptors: string): Promise<Held> {
  const stats = await handle.stat({ bigint: true })
  const own = join(descriptors, String(handle.fd))
  // A trailing dot asks for what the descriptor holds, not for its entry.
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
    // What a link gives with O_NOFOLLOW differs between systems; what is no directory fails again.
    if (!hasCode(cause, 'ENOTDIR', 'ELOOP', 'EMLINK')) throw cause
    const handle = await openOr(place, dataFlags, {
      ENOTDIR: `${path} is not a directory; check upgradeInfo.home`,
      ENOENT: `${path} is a link to nothing; put a directory there`,
    })
    return { handle, linked: true }
  }
}

const dataFlags = constants.O_RDONLY | constants.O_DIRECTORY

/** The owner of the home gets it, whoever we are: the node must be able to write there. */
async function makeData(home: Held, descriptors: string): Promise<FileHandle> {
  const { uid, gid } = home.stats
  const me = process.geteuid?.()
  if (me === 0 && uid !== 0n) assertViaDescriptor(home, home)
  const place = home.at('data')
  await mkdir(place, 0o755)
  const handle = await open(place, dataFlags | constants.O_NOFOLLOW)
  try {
    const made = await heldOpen(handle, join(home.path, 'data'), descriptors)
    // Another directory may have been moved here since: an empty one of our own is nothing to give away.
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

/** Whoever can exchange a directory above the home, or a link to it, could lead root into anybody's. */
async function assertNotLed({ path, stats: { uid } }: Held): Promise<void> {
  const stranger = await foreignOwnerOnPath(path, uid)
  if (stranger === undefined) return
  throw new Error(
    `${path} lies behind ${stranger.place}, which is in the hands of user ${stranger.owner}, but belongs to user ${uid}; root does not go there: run govstream as the user of the node`,
  )
}

/** Root can write and give away anything: what leads it there must not be in the hands of somebody else. */
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
    `${path} is in the hands of user ${owner}, and without /proc root cannot write there safely; run govstream as user ${owner}`,
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
