/** The same object type, in which every property that may be `undefined` is optional instead. */
export type Defined<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key]
} & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>
}

/**
 * Returns the entries whose value is not `undefined`, in their order. `...defined({ x })` adds `x` if it has a value,
 * and no key otherwise.
 */
export function defined<T extends object>(values: T): Defined<T>
export function defined(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {}
  for (const key of Object.keys(values)) if (values[key] !== undefined) kept[key] = values[key]
  return kept
}
