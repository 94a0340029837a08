/** A file or a directory, whatever it is called by now. */
type Inode = number

/** What a program does to a disk, in the order in which it does it. */
export type Effect =
  /** Names appear in a directory, or go, all of them at once. */
  | { readonly kind: 'names'; readonly directory: Inode; readonly names: ReadonlyMap<string, Inode | undefined> }
  | { readonly kind: 'content'; readonly file: Inode; readonly text: string }
  /** What a file holds is on the disk. */
  | { readonly kind: 'file synced'; readonly file: Inode }
  /** What a directory names is on the disk. */
  | { readonly kind: 'directory synced'; readonly directory: Inode }
  /** The program says that its work is done. */
  | { readonly kind: 'answer' }

/** What is on a disk. */
export interface Disk {
  readonly names: ReadonlyMap<Inode, ReadonlyMap<string, Inode>>
  readonly contents: ReadonlyMap<Inode, string>
}

/**
 * Every disk that a power cut may leave after these effects: what was synced is there, of the rest any part, in whole
 * or, of a content, in half. The order of what was not synced means nothing to a disk.
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

/** What of that which came before an effect has made durable; undefined where that is nothing. */
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

/** What a path below a directory holds; undefined where nothing is there. */
export function textAt({ names, contents }: Disk, root: Inode, ...path: readonly string[]): string | undefined {
  const inode = path.reduce<Inode | undefined>(
    (at, name) => (at === undefined ? undefined : names.get(at)?.get(name)),
    root,
  )
  return inode === undefined ? undefined : (contents.get(inode) ?? '')
}
