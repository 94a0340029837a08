// Enough blocks to tell how fast they come.
const paceBlocks = 100n

/**
 * A block below, read beside a first reading: so the pace of the chain is known from then on, and how long a height
 * that is behind has been so.
 */
export function paceBlock(target: bigint): bigint {
  return target > paceBlocks ? target - paceBlocks : 0n
}
