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

/** Extracts the block range a node proposes in place of the refused one, from its text or from the error's data. */
export function suggestedRange(text: string, data?: unknown): BlockRange | undefined {
  for (const pair of pairs) {
    const [, from, to] = pair.exec(text) ?? []
    const range = rangeOf(from, to)
    if (range !== undefined) return range
  }
  return isRecord(data) ? rangeOf(data['from'], data['to']) : undefined
}

/**
 * The size of the proposed range, if it starts at the requested block and is smaller than the refused range; otherwise
 * `undefined`. Some nodes name ranges far larger than their own limit.
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
