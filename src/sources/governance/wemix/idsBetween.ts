/** The ids from `first` to `last`, both included; none where `last` is below `first`. */
export function idsBetween(first: bigint, last: bigint): readonly bigint[] {
  return Array.from({ length: Math.max(0, Number(last - first + 1n)) }, (_, index) => first + BigInt(index))
}
