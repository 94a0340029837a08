/** How many blocks one eth_getLogs asks for; it shrinks when a node refuses and grows back slowly. */
export interface LogWindow {
  readonly size: bigint
  /** Full windows read in a row since the size last changed. */
  readonly good: number
}

// Growing at once would run into the same refusal every other request.
const goodBeforeGrowth = 8

/** After a window that was read. Only a full one says that the size is fine. */
export function afterGood({ size, good }: LogWindow, asked: bigint, max: bigint): LogWindow {
  if (asked < size || size >= max) return { size, good }
  if (good + 1 < goodBeforeGrowth) return { size, good: good + 1 }
  return { size: size * 2n < max ? size * 2n : max, good: 0 }
}

/** After a refusal of `asked` blocks: what the node proposed, else half. One block is the least. */
export function afterRefusal(asked: bigint, proposed: bigint | undefined): LogWindow {
  const half = asked / 2n
  return { size: proposed ?? (half < 1n ? 1n : half), good: 0 }
}
