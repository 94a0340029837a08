/** Digits after the point of an SDK decimal. */
const places = 18

/** One, as an SDK decimal is kept: an integer with 18 implied digits. */
export const one = 10n ** BigInt(places)

/** An SDK decimal such as `0.334000000000000000`, times 10^18; `undefined` for anything else. */
export function decimalOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string') return undefined
  const [, whole, part = ''] = /^([0-9]{1,40})(?:\.([0-9]{1,18}))?$/.exec(value) ?? []
  return whole === undefined ? undefined : BigInt(whole) * one + BigInt(part.padEnd(places, '0'))
}

/** A share as a number, exact to nine digits. */
export function shareOf(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000_000n) / whole) / 1_000_000_000
}
