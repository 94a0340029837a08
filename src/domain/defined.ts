/** The same object with every value that may be `undefined` as an optional key without it. */
export type Defined<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key]
} & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>
}

/**
 * The entries whose value is not `undefined`, in their order: `...defined({ x })` is `x` where there is one, and no key
 * where there is none.
 */
export function defined<T extends object>(values: T): Defined<T>
export function defined(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {}
  for (const key of Object.keys(values)) if (values[key] !== undefined) kept[key] = values[key]
  return kept
}
