import { seeded } from './seeded.js'

/**
 * The bytes as a bad disk or a bad copy leaves them: flipped bits, a stretch of zeros, or the
 * rest cut off.
 */
export function damaged(sound: Buffer, seed: number): Buffer {
  const random = seeded(seed * 7_919)
  const below = (limit: number): number => Math.floor(random() * limit)
  const bytes = Buffer.from(sound)
  const at = below(bytes.length)
  switch (seed % 4) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      return bytes.fill(0, at, Math.min(bytes.length, at + 1 + below(8_192)))
    case 2:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
      return bytes
    default:
      for (let count = 0; count < 20; count += 1) bytes[below(bytes.length)] = below(256)
      return bytes
  }
}
