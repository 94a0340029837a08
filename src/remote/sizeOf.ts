// What a value takes beside its characters.
const perValue = 64
const longest = 2n ** 64n
const perLongNumber = 2_000

/** About how much memory a value takes, in bytes, in time that is linear in it. It may be of any depth. */
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
