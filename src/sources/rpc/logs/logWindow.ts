/** How many blocks one eth_getLogs request covers. It shrinks when a node refuses and grows back slowly. */
export interface LogWindow {
  readonly size: bigint
  /** Number of full windows read in a row since the size last changed. */
  readonly good: number
  /** Size of the last full window that was read. */
  readonly proven?: bigint
}

// Number of full windows before the size grows. Growing at once would be refused on every other request.
const goodBeforeGrowth = 8

/** The window after a successful read. Only a full window proves that the size is accepted. */
export function afterGood(window: LogWindow, asked: bigint, max: bigint): LogWindow {
  const { size, good } = window
  if (asked < size) return window
  if (size >= max) return { size, good, proven: size }
  if (good + 1 < goodBeforeGrowth) return { size, good: good + 1, proven: size }
  return { size: size * 2n < max ? size * 2n : max, good: 0, proven: size }
}

/** True if the request is larger than the last one that succeeded, so that its size may be the reason for a refusal. */
export function hasGrown({ proven }: LogWindow, asked: bigint): boolean {
  return proven !== undefined && asked > proven && asked <= proven * 2n
}

/** The window after a refusal of `asked` blocks: the proposed size, or half. At least one block. */
export function afterRefusal(asked: bigint, proposed: bigint | undefined): LogWindow {
  const half = asked / 2n
  return { size: proposed ?? (half < 1n ? 1n : half), good: 0 }
}
