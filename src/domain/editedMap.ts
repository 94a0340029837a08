type AnyMap<V = unknown> = ReadonlyMap<string, V>

/** Edits a map. The map is copied at the first change. */
export interface MapEditor<V> {
  readonly get: (key: string) => V | undefined
  readonly set: (key: string, value: V) => void
  readonly delete: (key: string) => void
  /** Returns the map as it is now, or the given map itself if nothing has changed. Later edits are visible in it. */
  readonly map: () => AnyMap<V>
}

/**
 * Edits an immutable map into a new one that remembers which keys were edited. Code that compares the two maps, or
 * keeps an index of them, needs to look only at those keys.
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

/** Copies a map in two thirds of the time of `new Map(map)`, which creates an array for each entry. */
function copyOf<V>(map: AnyMap<V>): Map<string, V> {
  const copy = new Map<string, V>()
  map.forEach((value, key) => copy.set(key, value))
  return copy
}

/**
 * Returns the keys under which two maps do not hold the same object, in no particular order. Values are immutable, so
 * the same object means the same content.
 */
export function differingKeys(before: AnyMap, after: AnyMap): readonly string[] {
  if (before === after) return []
  const { version } = lineageOf(before)
  const edits = editsSince(after, (earlier) => earlier === version || undefined)
  const keys = edits?.keys.keys() ?? new Set([...before.keys(), ...after.keys()])
  return [...keys].filter((key) => before.get(key) !== after.get(key))
}

/** How a key was edited: it was added, its value was replaced or removed, or its position in the map changed. */
type Edit = 'added' | 'changed' | 'moved'
type EditedKeys = ReadonlyMap<string, Edit>

/**
 * Combines two edits of one key. A key that is added again after an earlier edit moves behind the keys added meanwhile.
 */
function followedBy(before: Edit | undefined, edit: Edit): Edit {
  if (before === undefined) return edit
  return edit === 'changed' ? before : 'moved'
}

/**
 * Memoizes a pure function of an immutable map. If the map was edited from one whose answer is known, `update` derives
 * the new answer from that one.
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

/**
 * Returns the entries whose value satisfies `holds`, in the order of the map. Returns the same map if no edit touched
 * them.
 */
export function memoizeWhere<V>(holds: (value: V) => boolean): (map: AnyMap<V>) => AnyMap<V> {
  const partOf = (map: AnyMap<V>): AnyMap<V> => new Map([...map].filter(([, value]) => holds(value)))
  return memoizeByMap(partOf, (known, map, edited) => {
    const part = editMap(known)
    for (const [key, edit] of edited) {
      const value = map.get(key)
      if (value === undefined || !holds(value)) part.delete(key)
      // The key belongs between others, so the order must be rebuilt.
      else if (edit === 'moved' || (edit === 'changed' && !known.has(key))) return partOf(map)
      else part.set(key, value)
    }
    return part.map()
  })
}

/** Returns the smallest number that `of` gives for a value of the map; `undefined` if it gives none. */
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

/** Finds what is known about a map, or else about the latest map it was edited from, and the keys edited since then. */
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

/** Combines the edits of several steps; `steps` begins with the latest one. */
function unionOf(steps: readonly Step[]): EditedKeys {
  const all = new Map<string, Edit>()
  for (const { keys } of steps.toReversed())
    for (const [key, edit] of keys) all.set(key, followedBy(all.get(key), edit))
  return all
}

/** Identifies a map without keeping it alive. */
export type Version = object

/** The edits from one map to the next. */
interface Step {
  readonly from: Version
  readonly keys: EditedKeys
}

/** The version of a map and the steps that led to it, the latest first. */
interface Lineage {
  readonly version: Version
  readonly steps: readonly Step[]
}

// Maximum number of steps remembered for a map. A turn edits a map about three times.
const mostSteps = 4

const lineages = new WeakMap<AnyMap, Lineage>()

export function lineageOf(map: AnyMap): Lineage {
  const known = lineages.get(map)
  if (known !== undefined) return known
  const first: Lineage = { version: {}, steps: [] }
  lineages.set(map, first)
  return first
}
