/** A file or a directory, whatever its current name. */
type Inode = number

/** What a program does to a disk, in order. */
export type Effect =
  /** Names appear in a directory, or disappear, all at once. */
  | { readonly kind: 'names'; readonly directory: Inode; readonly names: ReadonlyMap<string, Inode | undefined> }
  | { readonly kind: 'content'; readonly file: Inode; readonly text: string }
  /** The content of a file is on the disk. */
  | { readonly kind: 'file synced'; readonly file: Inode }
  /** The names of a directory are on the disk. */
  | { readonly kind: 'directory synced'; readonly directory: Inode }
  /** The program reports completion. */
  | { readonly kind: 'answer' }

/** The content of a disk. */
export interface Disk {
  readonly names: ReadonlyMap<Inode, ReadonlyMap<string, Inode>>
  readonly contents: ReadonlyMap<Inode, string>
}

/**
 * Every disk that a power cut may leave after these effects: what was synced is there, and any
 * part of the rest, completely or, of a content, half. Effects that were not synced may be
 * applied in any order.
 */
export function* disksAfter(before: Disk, effects: readonly Effect[]): Generator<Disk> {
  let [disk, pending]: [Disk, readonly Effect[]] = [before, []]
  for (const effect of effects) {
    const isSettled = settledBy(effect)
    if (isSettled === undefined) pending = [...pending, effect]
    else {
      disk = pending.filter(isSettled).reduce(applied, disk)
      pending = pending.filter((one) => !isSettled(one))
    }
  }
  yield* anyOf(disk, pending)
}

function* anyOf(disk: Disk, [first, ...rest]: readonly Effect[]): Generator<Disk> {
  if (first === undefined) {
    yield disk
    return
  }
  yield* anyOf(disk, rest)
  yield* anyOf(applied(disk, first), rest)
  if (first.kind === 'content')
    yield* anyOf(applied(disk, { ...first, text: first.text.slice(0, first.text.length / 2) }), rest)
}

/** Which earlier effects an effect makes durable; undefined if none. */
function settledBy(effect: Effect): ((earlier: Effect) => boolean) | undefined {
  if (effect.kind === 'file synced') return (one) => one.kind === 'content' && one.file === effect.file
  if (effect.kind === 'directory synced') return (one) => one.kind === 'names' && one.directory === effect.directory
  return undefined
}

function applied(disk: Disk, effect: Effect): Disk {
  if (effect.kind === 'content') return { ...disk, contents: new Map(disk.contents).set(effect.file, effect.text) }
  if (effect.kind !== 'names') return disk
  const { directory, names } = effect
  const named = new Map(disk.names.get(directory))
  for (const [name, inode] of names) {
    if (inode === undefined) named.delete(name)
    else named.set(name, inode)
  }
  return { ...disk, names: new Map(disk.names).set(directory, named) }
}

/** The content at a path below a directory; undefined if nothing is there. */
export function textAt({ names, contents }: Disk, root: Inode, ...path: readonly string[]): string | undefined {
  const inode = path.reduce<Inode | undefined>(
    (at, name) => (at === undefined ? undefined : names.get(at)?.get(name)),
    root,
  )
  return inode === undefined ? undefined : (contents.get(inode) ?? '')
}
