import type { Stats } from 'node:fs'
import { join, resolve } from 'node:path'
import fs from 'fs-extra'
import { readBinaryFormat } from '../domain/readiness/binaryFormat.js'
import { defined } from '../domain/defined.js'
import { reasonOf } from '../domain/errors.js'
import type { HashType } from '../domain/readiness/plannedDownload.js'
import type { CurrentFault, StagedBinary, Staging } from '../domain/readiness/staging.js'
import { type Layout, layouts, mistakenDirectory, upgradeDirectory } from '../domain/readiness/upgradeDirectory.js'
import { nameProblems } from '../domain/plans/checkPlan.js'
import { cleanLine } from '../domain/text/text.js'
import { beginningOf } from './beginningOf.js'
import { hashFile } from './hashFile.js'

/** Where to look for a staged upgrade, and its name. */
export interface StagingQuestion {
  readonly name: string
  readonly home: string | undefined
  /** @defaultValue the one that has its directory in the home */
  readonly layout?: Layout
  /** Name of the binary. @defaultValue the only file in the genesis directory */
  readonly daemon?: string
  /** Kinds of checksum to compute for the binary. */
  readonly hashes: readonly HashType[]
}

const maxShown = 5

/**
 * Examines the paths that the process manager will use, and follows links as it does. Rejects only if it is aborted.
 */
export async function observeStaging(question: StagingQuestion, signal: AbortSignal): Promise<Staging> {
  const { home } = question
  if (home === undefined) return { kind: 'no-home' }
  const [problem] = nameProblems(question.name)
  if (problem !== undefined) return { kind: 'unusable-name', problem }
  const base = resolve(home)
  try {
    const present = await existing(base)
    const layout = question.layout ?? (present.length === 1 ? present[0] : undefined)
    if (layout === undefined) return { kind: 'no-layout', home: base, present }
    return await observeUpgrade(question, { layout, root: join(base, layout) }, signal)
  } catch (cause) {
    signal.throwIfAborted()
    return { kind: 'unreadable', path: pathOf(cause) ?? base, reason: reasonOf(cause) }
  }
}

async function existing(home: string): Promise<readonly Layout[]> {
  const found = await Promise.all(layouts.map((layout) => statOf(join(home, layout))))
  return layouts.filter((_, index) => found[index]?.isDirectory() === true)
}

async function observeUpgrade(
  { name, daemon: given, hashes }: StagingQuestion,
  { layout, root }: { readonly layout: Layout; readonly root: string },
  signal: AbortSignal,
): Promise<Staging> {
  if ((await statOf(root))?.isDirectory() !== true) return { kind: 'no-root', layout, root }
  const upgrades = join(root, 'upgrades')
  const directory = join(upgrades, upgradeDirectory(name, layout))
  const genesis = join(root, 'genesis', 'bin')
  const names = given === undefined ? await filesIn(genesis) : []
  const daemon = given ?? (names.length === 1 ? names[0] : undefined)
  // A case-insensitive file system also finds a directory under another spelling, so the listed names are compared.
  const listed = await namesIn(upgrades)
  if (!listed.includes(upgradeDirectory(name, layout))) {
    const alike = mistakenDirectory(name, layout, listed)
    return { kind: 'no-directory', layout, directory, ...defined({ daemon, alike }) }
  }
  if (daemon === undefined) return { kind: 'no-daemon', genesis, names: shown(names) }
  const path = join(directory, 'bin', daemon)
  const stats = await statOf(path)
  if (stats === undefined)
    return { kind: 'no-binary', layout, directory, path, names: shown(await namesIn(join(directory, 'bin'))) }
  if (!stats.isFile()) return { kind: 'no-file', path }
  const current = layout === 'cosmovisor' ? await currentFault(join(root, 'current'), directory) : undefined
  return observeBinary({ layout, path, stats, owner: await ownerOf(root), hashes, ...defined({ current }) }, signal)
}

interface Found {
  readonly layout: Layout
  readonly path: string
  readonly stats: Stats
  readonly owner: Owner
  readonly current?: CurrentFault
  readonly hashes: readonly HashType[]
}

async function observeBinary(
  { layout, path, stats, owner, current, hashes }: Found,
  signal: AbortSignal,
): Promise<StagedBinary> {
  const hashed = await Promise.all(
    [...new Set(hashes)].map(async (type) => [type, await hashFile(path, type, signal)] as const),
  )
  return {
    kind: 'binary',
    layout,
    path,
    size: stats.size,
    mayBeRun: mayRun(stats, owner),
    ...defined({ current }),
    format: readBinaryFormat(await beginningOf(path)),
    hashes: Object.fromEntries(hashed),
  }
}

/**
 * Returns why cosmovisor could not switch its `current` link: it removes an existing entry only if that leads
 * somewhere, and never a directory with content. wemixvisor removes any entry.
 */
async function currentFault(link: string, directory: string): Promise<CurrentFault | undefined> {
  const own = await fs.lstat(link).catch(unlessAbsent)
  if (own === undefined) return undefined
  if (!own.isSymbolicLink()) return 'no-link'
  const target = await statOf(link)
  if (target === undefined) return 'dangling'
  const { dev, ino } = await fs.stat(directory)
  return target.dev === dev && target.ino === ino ? 'switched' : undefined
}

/** The user and the group that own the binaries. */
interface Owner {
  readonly uid: number
  readonly gid: number
}

async function ownerOf(directory: string): Promise<Owner> {
  const { uid, gid } = await fs.stat(directory)
  return { uid, gid }
}

function mayRun({ mode, uid, gid }: Stats, owner: Owner): boolean {
  if (owner.uid === 0) return (mode & 0o111) !== 0
  return (mode & (uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001)) !== 0
}

/** Returns the stats of a path, following links; `undefined` if it does not exist. */
function statOf(path: string): Promise<Stats | undefined> {
  return fs.stat(path).catch(unlessAbsent)
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await fs.readdir(directory).catch(unlessAbsent)) ?? []
}

/** Returns the names of files, following links. */
async function filesIn(directory: string): Promise<readonly string[]> {
  const files: string[] = []
  for (const name of await namesIn(directory))
    if ((await statOf(join(directory, name)))?.isFile() === true) files.push(name)
  return files
}

function unlessAbsent(cause: unknown): undefined {
  if (!isAbsent(cause)) throw cause
}

function isAbsent(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
}

function pathOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'path' in cause && typeof cause.path === 'string' ? cause.path : undefined
}

function shown(names: readonly string[]): readonly string[] {
  return names.slice(0, maxShown).map((one) => cleanLine(one, 60))
}
