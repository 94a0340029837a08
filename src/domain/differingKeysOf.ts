/** Returns the names of the properties whose values differ between two objects. */
export function differingKeysOf(one: object, other: object): readonly string[] {
  const parts = new Map<string, unknown>(Object.entries(one))
  const others = new Map<string, unknown>(Object.entries(other))
  return [...new Set([...parts.keys(), ...others.keys()])].filter((key) => parts.get(key) !== others.get(key))
}
