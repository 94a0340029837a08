type AnyMap<V = unknown> = ReadonlyMap<string, V>

/** A map while it is edited: copied at the first change. */
export interface MapEditor<V> {
  readonly get: (key: string) => V | undefined
  readonly set: (key: string, value: V) => void
  readonly delete: (key: string) => void
  /** The map as it is now: the very one that was given where nothing has changed. Later edits show in it. */
  readonly map: () => AnyMap<V>
}

/**
 * Edits an immutable map into another one, which knows by which keys it came about: whoever compares the two, or keeps
 * an index of them, looks at those alone.
 */
export function editMap<V>(base: AnyMap<V>): MapEditor<V> {
  let copy: Map<string, V> | undefined
  const keys = new Map<string, Edit>()
  const edit = (key: string, what: Edit): Map<string, V> => {
    keys.set(key, followedBy(keys.get(key), what))
    if (copy !== undefined) return copy
    copy = copyOf(base)
    const { version, steps } = lineageOf(base)
    lineages.set(copy, { version: {}, steps: [{ from: version, keys }, ...steps.slice(0, mostSteps - 1)] })
    return copy
  }
  return {
    get: (key) => (copy ?? base).get(key),
    set(key, value) {
      const map = copy ?? base
      const before = map.get(key)
      if (before !== value) edit(key, before !== undefined || map.has(key) ? 'changed' : 'added').set(key, value)
    },
    delete(key) {
      if ((copy ?? base).has(key)) edit(key, 'changed').delete(key)
    },
    map: () => copy ?? base,
  }
}

/** In two thirds of the time that `new Map(map)` takes, which makes an array of each entry. */
function copyOf<V>(map: AnyMap<V>): Map<string, V> {
  const copy = new Map<string, V>()
  map.forEach((value, key) => copy.set(key, value))
  return copy
}

/**
 * Keys under which two maps do not hold the same object, in no order. Values are immutable, so the same object is the
 * same content.
 */
export function differingKeys(before: AnyMap, after: AnyMap): readonly string[] {
  if (before === after) return []
  const { version } = lineageOf(before)
  const edits = editsSince(after, (earlier) => earlier === version || undefined)
  const keys = edits?.keys.keys() ?? new Set([...before.keys(), ...after.keys()])
  return [...keys].filter((key) => before.get(key) !== after.get(key))
}

/** What became of a key: it was not there before, it has another value or none, or it stands at another place. */
type Edit = 'added' | 'changed' | 'moved'
type EditedKeys = ReadonlyMap<string, Edit>

/** Added after something else became of it, a key stands behind those that were added meanwhile. */
function followedBy(before: Edit | undefined, edit: Edit): Edit {
  if (before === undefined) return edit
  return edit === 'changed' ? before : 'moved'
}

/**
 * A pure function of an immutable map that works its answer out once for each. Where the map was edited out of one
 * whose answer is known, `update` derives it from that.
 */
export function memoizeByMap<V, Answer>(
  work: (map: AnyMap<V>) => Answer,
  update: (answer: Answer, map: AnyMap<V>, edited: EditedKeys) => Answer,
): (map: AnyMap<V>) => Answer {
  const answers = new WeakMap<Version, { readonly answer: Answer }>()
  return (map) => {
    const edits = editsSince(map, (version) => answers.get(version))
    if (edits?.keys.size === 0) return edits.found.answer
    const answer = edits === undefined ? work(map) : update(edits.found.answer, map, edits.keys)
    answers.set(lineageOf(map).version, { answer })
    return answer
  }
}

/** The part of a map of which something holds, in the order of the map. The same part where no edit touched it. */
export function memoizeWhere<V>(holds: (value: V) => boolean): (map: AnyMap<V>) => AnyMap<V> {
  const partOf = (map: AnyMap<V>): AnyMap<V> => new Map([...map].filter(([, value]) => holds(value)))
  return memoizeByMap(partOf, (known, map, edited) => {
    const part = editMap(known)
    for (const [key, edit] of edited) {
      const value = map.get(key)
      if (value === undefined || !holds(value)) part.delete(key)
      // It has its place between others.
      else if (edit === 'moved' || (edit === 'changed' && !known.has(key))) return partOf(map)
      else part.set(key, value)
    }
    return part.map()
  })
}

/** The least that a value of a map has of something; absent where none has any. */
export function memoizeLeast<V>(of: (value: V) => bigint | undefined): (map: AnyMap<V>) => bigint | undefined {
  type Least = { readonly key: string; readonly value: bigint } | undefined
  const leastOf = (map: AnyMap<V>, keys: Iterable<string>, known?: Least): Least => {
    let least = known
    for (const key of keys) {
      const one = map.get(key)
      const value = one === undefined ? undefined : of(one)
      if (value !== undefined && (least === undefined || value < least.value)) least = { key, value }
    }
    return least
  }
  const least = memoizeByMap<V, Least>(
    (map) => leastOf(map, map.keys()),
    (known, map, edited) =>
      known !== undefined && edited.has(known.key) ? leastOf(map, map.keys()) : leastOf(map, edited.keys(), known),
  )
  return (map) => least(map)?.value
}

/** What is known of a map, or else of the latest of its forebears, and the keys that were edited since. */
export function editsSince<Found>(
  map: AnyMap,
  find: (version: Version) => Found | undefined,
): { readonly found: Found; readonly keys: EditedKeys } | undefined {
  const { version, steps } = lineageOf(map)
  const own = find(version)
  if (own !== undefined) return { found: own, keys: new Map() }
  for (const [index, { from, keys }] of steps.entries()) {
    const found = find(from)
    if (found !== undefined) return { found, keys: index === 0 ? keys : unionOf(steps.slice(0, index + 1)) }
  }
  return undefined
}

/** What became of each key over a few steps, the latest first. */
function unionOf(steps: readonly Step[]): EditedKeys {
  const all = new Map<string, Edit>()
  for (const { keys } of steps.toReversed())
    for (const [key, edit] of keys) all.set(key, followedBy(all.get(key), edit))
  return all
}

/** Stands for a map without keeping it alive. */
export type Version = object

/** From one map to the next. */
interface Step {
  readonly from: Version
  readonly keys: EditedKeys
}

/** What a map stands for, and how it came about: the latest step first. */
interface Lineage {
  readonly version: Version
  readonly steps: readonly Step[]
}

// A turn edits a map about three times.
const mostSteps = 4

const lineages = new WeakMap<AnyMap, Lineage>()

export function lineageOf(map: AnyMap): Lineage {
  const known = lineages.get(map)
  if (known !== undefined) return known
  const first: Lineage = { version: {}, steps: [] }
  lineages.set(map, first)
  return first
}
