// Estimated overhead of one value besides its characters, in bytes.
const perValue = 64
const longest = 2n ** 64n
const perLongNumber = 2_000

/** Estimates the memory that a value takes, in bytes, in linear time. The value may have any depth. */
export function sizeOf(value: unknown): number {
  const open: unknown[] = [value]
  let size = 0
  while (open.length > 0) {
    const part = open.pop()
    size += perValue
    if (typeof part === 'string') size += part.length
    else if (typeof part === 'bigint') size += part > longest || part < -longest ? perLongNumber : 0
    else if (part instanceof Map) for (const [key, one] of part) open.push(key, one)
    else if (typeof part === 'object' && part !== null)
      for (const [key, one] of Object.entries(part)) {
        size += key.length
        open.push(one)
      }
  }
  return size
}
