/** Blocks `from` to `to`, both included. */
export interface BlockRange {
  readonly from: bigint
  readonly to: bigint
}

const number = '(0x[0-9a-f]+|[0-9]+)'
const pairs = [
  new RegExp(`\\[${number},\\s*${number}\\]`, 'i'),
  new RegExp(`retry with the range ${number}\\s*-\\s*${number}`, 'i'),
]

/** The block range a node proposes in place of the one it refused, from its text or from the error's data. */
export function suggestedRange(text: string, data?: unknown): BlockRange | undefined {
  for (const pair of pairs) {
    const [, from, to] = pair.exec(text) ?? []
    const range = rangeOf(from, to)
    if (range !== undefined) return range
  }
  return isRecord(data) ? rangeOf(data['from'], data['to']) : undefined
}

/**
 * A proposed range as a window size: only where it starts at the asked block and is narrower than what was
 * refused. Some nodes name ranges far wider than their own limit.
 */
export function usableWindow(asked: BlockRange, suggested: BlockRange | undefined): bigint | undefined {
  if (suggested?.from !== asked.from || suggested.to < suggested.from || suggested.to >= asked.to) return undefined
  return suggested.to - suggested.from + 1n
}

function rangeOf(from: unknown, to: unknown): BlockRange | undefined {
  const range = { from: blockOf(from), to: blockOf(to) }
  return range.from === undefined || range.to === undefined ? undefined : { from: range.from, to: range.to }
}

function blockOf(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value)
  return typeof value === 'string' && /^(0x[0-9a-f]{1,16}|[0-9]{1,18})$/i.test(value) ? BigInt(value) : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
