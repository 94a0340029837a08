import { constants, existsSync, fstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import fs, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { vi } from 'vitest'
import { z } from 'zod'
import type { Disk, Effect } from './disk.js'

/** What is done to the disk during the recording. */
export interface Recording {
  /** The inode of the directory. */
  readonly root: number
  readonly before: Disk
  readonly effects: readonly Effect[]
  /**
   * Runs a work up to its operation with this number, counted from 1, as if the process were
   * killed right before it. Returns the answer, if any.
   */
  readonly run: <T>(work: () => Promise<T>, killedBefore?: number) => Promise<T | undefined>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Performs an operation and records its effect on the disk, or is killed before it. */
type Operate = <T>(work: () => Promise<T>, effectsOf: (result: T) => readonly Effect[]) => Promise<T>

/** Records the operations of `node:fs/promises` below a directory without links. */
export async function recordEffects(root: string): Promise<Recording> {
  const effects: Effect[] = []
  const numbers = numberInodes()
  const life = { left: Infinity, die: (): void => undefined }
  const operate: Operate = async (work, effectsOf) => {
    life.left -= 1
    if (life.left <= 0) {
      life.die()
      // A killed process performs no later operation.
      return new Promise(() => undefined)
    }
    const result = await work()
    effects.push(...effectsOf(result))
    return result
  }
  const before = diskBelow(root, numbers)
  const held = new Set<FileHandle>()
  await watchHandles(held, numbers, operate)
  watchNames(root, held, numbers, operate)
  syncBuiltinESMExports()
  return {
    ...{ root: numbers.known(statSync(root)), before, effects },
    run: async (work, killedBefore = Infinity) => {
      life.left = killedBefore
      const killed = new Promise<undefined>((resolve) => (life.die = () => resolve(undefined)))
      const answer = await Promise.race([work(), killed])
      life.left = Infinity
      if (answer !== undefined) effects.push({ kind: 'answer' })
      return answer
    },
    [Symbol.asyncDispose]: async () => {
      vi.restoreAllMocks()
      syncBuiltinESMExports()
      // The handles of the killed process.
      await Promise.all([...held].filter(({ fd }) => fd >= 0).map((handle) => handle.close()))
    },
  }
}

interface Inodes {
  readonly known: (stats: { readonly ino: number }) => number
  readonly made: (stats: { readonly ino: number }) => number
}

/** A disk reuses inode numbers; these are unique. */
function numberInodes(): Inodes {
  const numbers = new Map<number, number>()
  let last = 0
  const made: Inodes['made'] = ({ ino }) => {
    last += 1
    numbers.set(ino, last)
    return last
  }
  return { made, known: (stats) => numbers.get(stats.ino) ?? made(stats) }
}

/** The content of a directory, all of it durable. */
function diskBelow(root: string, { known }: Inodes): Disk {
  const names = new Map<number, ReadonlyMap<string, number>>()
  const contents = new Map<number, string>()
  const read = (path: string): number => {
    const stats = statSync(path)
    const inode = known(stats)
    if (stats.isDirectory()) names.set(inode, new Map(readdirSync(path).map((name) => [name, read(join(path, name))])))
    else contents.set(inode, readFileSync(path, 'utf8'))
    return inode
  }
  read(root)
  return { names, contents }
}

function watchNames(root: string, held: Set<FileHandle>, { known, made }: Inodes, operate: Operate): void {
  const { link, mkdir, open, rename, unlink } = { ...fs }
  // A descriptor is a path, too.
  const isBelow = (path: unknown): path is string =>
    typeof path === 'string' &&
    [path, dirname(path)].some((place) => existsSync(place) && realpathSync(place).startsWith(root))
  const naming = (directory: string, ...names: readonly (readonly [string, number | undefined])[]): Effect => ({
    kind: 'names',
    directory: known(statSync(dirname(directory))),
    names: new Map(names.map(([path, inode]) => [basename(path), inode])),
  })
  /** An operation, if it is below the directory. */
  const noting = <T>(path: unknown, work: () => Promise<T>, effectOf: (path: string, result: T) => Effect) =>
    isBelow(path) ? operate(work, (result) => [effectOf(path, result)]) : work()

  vi.spyOn(fs, 'mkdir').mockImplementation((given, options) =>
    noting(
      given,
      () => mkdir(given, options),
      (path) => naming(path, [path, made(statSync(path))]),
    ),
  )
  vi.spyOn(fs, 'link').mockImplementation((from, given) =>
    noting(
      given,
      () => link(from, given),
      (path) => naming(path, [path, known(statSync(path))]),
    ),
  )
  vi.spyOn(fs, 'unlink').mockImplementation((given) =>
    noting(
      given,
      () => unlink(given),
      (path) => naming(path, [path, undefined]),
    ),
  )
  vi.spyOn(fs, 'rename').mockImplementation((from, given) =>
    noting(
      given,
      () => rename(from, given),
      (path) => naming(path, [String(from), undefined], [path, known(statSync(path))]),
    ),
  )
  vi.spyOn(fs, 'open').mockImplementation(async (given, flags, mode) => {
    const begun = (): Promise<FileHandle> => open(given, flags, mode)
    const isMade = typeof flags === 'number' && (flags & constants.O_CREAT) !== 0
    const handle = isMade
      ? await noting(given, begun, (path, { fd }) => naming(path, [path, made(fstatSync(fd))]))
      : await begun()
    if (isBelow(given)) held.add(handle)
    return handle
  })
}

async function watchHandles(held: Set<FileHandle>, { known }: Inodes, operate: Operate): Promise<void> {
  const any = await fs.open(process.execPath)
  const handles = z.custom<FileHandle>().parse(Object.getPrototypeOf(any))
  await any.close()
  const { write, sync } = z.custom<Methods>().parse({
    write: Reflect.get(handles, 'writeFile'),
    sync: Reflect.get(handles, 'sync'),
  })

  vi.spyOn(handles, 'writeFile').mockImplementation(function (this: FileHandle, text) {
    const work = (): Promise<void> => write.call(this, text)
    if (!held.has(this)) return work()
    return operate(work, () => [{ kind: 'content', file: known(fstatSync(this.fd)), text: String(text) }])
  })
  vi.spyOn(handles, 'sync').mockImplementation(function (this: FileHandle) {
    const work = (): Promise<void> => sync.call(this)
    if (!held.has(this)) return work()
    const stats = fstatSync(this.fd)
    const at = known(stats)
    return operate(work, () => [
      stats.isDirectory() ? { kind: 'directory synced', directory: at } : { kind: 'file synced', file: at },
    ])
  })
}

type Method = (this: FileHandle, text?: unknown) => Promise<void>

interface Methods {
  readonly write: Method
  readonly sync: Method
}
