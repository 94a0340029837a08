import { cleanLine } from '../text/text.js'

/** One entry of an archive, from its header. A `file` has content. */
export interface ArchiveEntry {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link' | 'special'
  /** In bytes. */
  readonly size: number
  /** Target of a link, relative to the link's directory, or to the root of the archive for a hard link. */
  readonly target?: string
  readonly isHard?: true
}

/** The binary that cosmovisor would look for, and the kind of archive it would look in. */
export interface ArchiveQuestion {
  readonly format: 'tar' | 'zip'
  /** Name of the binary; absent if it is not known. */
  readonly daemon?: string
  /** The directory in the archive that the address names after `//`. */
  readonly subdirectory?: string
}

/** The entry that cosmovisor would run. `problem` completes a sentence that begins with the download. */
export type ArchiveMember =
  { readonly kind: 'member'; readonly index: number } | { readonly kind: 'unfit' | 'unclear'; readonly problem: string }

const maxDepth = 32
const maxShown = 80

/**
 * Finds the binary of an archive at the place where cosmovisor, which unpacks with go-getter, would find it.
 *
 * - If the archive has only one file, that file is the binary, whatever its name.
 * - Otherwise the binary is `bin/<daemon>`, or `<daemon>` at the root.
 * - If a tar begins with a file, that file is used unless there is a `bin/<daemon>`: cosmovisor first tries to unpack
 *   the archive as one of a single file, and leaves its first file there.
 * - A directory after `//` must contain `bin/<daemon>`.
 *
 * Entries that lead out of their directory, and devices, make the archive unfit, whatever else it contains.
 */
export function archiveMember(entries: readonly ArchiveEntry[], question: ArchiveQuestion): ArchiveMember {
  const danger = entries.map(dangerIn).find((one) => one !== undefined)
  if (danger !== undefined) return unfit(danger)
  const first = entries.findIndex(({ kind }) => kind !== 'directory')
  if (first < 0) return unfit('is an archive that holds no file')
  const { daemon, subdirectory } = question
  const isSingle = entries.length === 1
  if (subdirectory !== undefined && isSingle)
    return unfit('is an archive of one file, and its address names a directory in it')
  if (isSingle) return taken(entries, first)
  if (daemon === undefined)
    return { kind: 'unclear', problem: 'is an archive of several files, and what the binary is called is not known' }
  const files = filesIn(entries)
  if (files === undefined) return unfit('holds a file and a directory of the same name')
  const base = subdirectory === undefined ? [] : partsOf(subdirectory)
  if (base.some((part) => part === '..')) return unfit('is an archive, and its address names a directory outside of it')
  if (base.some((part) => /[*?[]/.test(part)))
    return { kind: 'unclear', problem: 'is an archive, and its address names directories in it by a pattern' }
  const inBin = files.get([...base, 'bin', daemon].join('/'))
  const atRoot = subdirectory === undefined ? files.get(daemon) : undefined
  const leftover = subdirectory === undefined && question.format === 'tar' && first === 0 ? first : undefined
  const index = inBin ?? leftover ?? atRoot
  return index === undefined ? unfit(missingText(daemon, subdirectory)) : taken(entries, index)
}

function missingText(daemon: string, subdirectory: string | undefined): string {
  return subdirectory === undefined
    ? `is an archive that holds neither bin/${daemon} nor ${daemon} at its root`
    : `is an archive whose directory ${cleanLine(subdirectory, maxShown)} holds no bin/${daemon}`
}

function taken(entries: readonly ArchiveEntry[], index: number): ArchiveMember {
  const entry = entries[index]
  return entry?.kind === 'link'
    ? unfit(
        `is an archive with a link in the place of the binary, ${cleanLine(entry.path, maxShown)}, which is not followed`,
      )
    : { kind: 'member', index }
}

/** Returns the indexes by path, the last entry of each; `undefined` if a path is both a file and a directory. */
function filesIn(entries: readonly ArchiveEntry[]): ReadonlyMap<string, number> | undefined {
  const files = new Map<string, number>()
  const directories = new Set(['bin'])
  for (const [index, { path, kind }] of entries.entries()) {
    const parts = partsOf(path)
    const above = kind === 'directory' ? parts : parts.slice(0, -1)
    for (let depth = 1; depth <= above.length; depth += 1) directories.add(above.slice(0, depth).join('/'))
    if (kind !== 'directory') files.set(parts.join('/'), index)
  }
  return [...files.keys()].some((path) => directories.has(path)) ? undefined : files
}

/** Returns why an archive must not be unpacked, as the end of a sentence that begins with the archive. */
function dangerIn({ path, kind, target, isHard }: ArchiveEntry): string | undefined {
  const shown = cleanLine(path, maxShown)
  if (escapesArchive(path)) return `holds an entry that leads out of its directory: ${shown}`
  const parts = partsOf(path)
  if (parts.length > maxDepth) return `holds directories that are nested more than ${maxDepth} deep`
  if (kind === 'special') return `holds something that is neither a file nor a directory: ${shown}`
  const from = isHard === true ? [] : parts.slice(0, -1)
  return target !== undefined && climbs(target, from)
    ? `holds a link that leads out of its directory: ${shown}`
    : undefined
}

function escapesArchive(path: string): boolean {
  return isAbsolute(path) || path.split(/[/\\]/).includes('..')
}

function climbs(target: string, from: readonly string[]): boolean {
  let depth = from.length
  for (const part of target.split(/[/\\]/)) {
    if (part === '..') depth -= 1
    else if (part !== '' && part !== '.') depth += 1
    if (depth < 0) return true
  }
  return isAbsolute(target)
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[a-z]:)/i.test(path)
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

function unfit(problem: string): ArchiveMember {
  return { kind: 'unfit', problem }
}
