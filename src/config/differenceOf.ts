import { isDeepStrictEqual } from 'node:util'
import type { Config } from './schema.js'

/** Which named items were added, removed and changed. */
export interface NamedDifference {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly { readonly name: string; readonly keys: readonly string[] }[]
}

/** The differences between two configurations. */
export interface ConfigDifference {
  readonly chains: NamedDifference
  readonly handlers: NamedDifference
  /** Paths of all other keys that differ; never a value, which may be secret. */
  readonly keys: readonly string[]
}

/** Returns what is different in `after`, in its order. The order of chains and handlers does not matter. */
export function differenceOf(before: Config, after: Config): ConfigDifference {
  const { handlers: handlersBefore, ...notifierBefore } = before.notifier
  const { handlers: handlersAfter, ...notifierAfter } = after.notifier
  const { chains: chainsBefore, ...othersBefore } = { ...before, notifier: notifierBefore }
  const { chains: chainsAfter, ...othersAfter } = { ...after, notifier: notifierAfter }
  return {
    chains: namedDifference(chainsBefore, chainsAfter),
    handlers: namedDifference(handlersBefore, handlersAfter),
    keys: differingKeys(othersBefore, othersAfter),
  }
}

/** True if there is no difference. */
export function isNoDifference({ chains, handlers, keys }: ConfigDifference): boolean {
  const counts = [chains, handlers].flatMap(({ added, removed, changed }) => [added, removed, changed])
  return [...counts, keys].every(({ length }) => length === 0)
}

interface Named {
  readonly name: string
}

function namedDifference(before: readonly Named[], after: readonly Named[]): NamedDifference {
  const [known, wanted] = [before, after].map((all) => new Map(all.map((one) => [one.name, one])))
  const names = (all: readonly Named[], others: ReadonlyMap<string, Named> | undefined): readonly string[] =>
    all.filter(({ name }) => others?.has(name) !== true).map(({ name }) => name)
  return {
    added: names(after, known),
    removed: names(before, wanted),
    changed: after.flatMap((one) => {
      const former = known?.get(one.name)
      const keys = former === undefined ? [] : differingKeys(former, one)
      return keys.length === 0 ? [] : [{ name: one.name, keys }]
    }),
  }
}

/** Paths of the keys whose values differ; a list counts as one value. */
function differingKeys(before: object, after: object): readonly string[] {
  const [was, is] = [new Map<string, unknown>(Object.entries(before)), new Map<string, unknown>(Object.entries(after))]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [one, other] = [was.get(key), is.get(key)]
    if (isDeepStrictEqual(one, other)) return []
    return isSection(one) && isSection(other) ? differingKeys(one, other).map((rest) => `${key}.${rest}`) : [key]
  })
}

function isSection(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
