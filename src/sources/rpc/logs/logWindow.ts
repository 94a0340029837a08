/** How many blocks one eth_getLogs asks for; it shrinks when a node refuses and grows back slowly. */
export interface LogWindow {
  readonly size: bigint
  /** Full windows read in a row since the size last changed. */
  readonly good: number
  /** The size of the last full window that was read. */
  readonly proven?: bigint
}

// Growing at once would run into the same refusal every other request.
const goodBeforeGrowth = 8

/** After a window that was read. Only a full one says that the size is fine. */
export function afterGood(window: LogWindow, asked: bigint, max: bigint): LogWindow {
  const { size, good } = window
  if (asked < size) return window
  if (size >= max) return { size, good, proven: size }
  if (good + 1 < goodBeforeGrowth) return { size, good: good + 1, proven: size }
  return { size: size * 2n < max ? size * 2n : max, good: 0, proven: size }
}

/** True for a window that has grown since the last one was read, and might be refused for that. */
export function hasGrown({ proven }: LogWindow, asked: bigint): boolean {
  return proven !== undefined && asked > proven && asked <= proven * 2n
}

/** After a refusal of `asked` blocks: what the node proposed, else half. One block is the least. */
export function afterRefusal(asked: bigint, proposed: bigint | undefined): LogWindow {
  const half = asked / 2n
  return { size: proposed ?? (half < 1n ? 1n : half), good: 0 }
}
