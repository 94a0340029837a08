/** Whose blocks a governor counts in. */
export interface ClockOwner {
  readonly isDistant?: true
  readonly clockOf?: string
}

// Between two answers of one batch a few blocks may come.
const tolerance = 64n

/**
 * Tells the clock of this chain from one of another. `mode` is the contract's CLOCK_MODE, `now` what it or the EVM
 * gives as the present, `head` the newest block of the node.
 */
export function clockOwnerOf({
  mode,
  now,
  head,
  chainId,
}: {
  readonly mode: string | undefined
  readonly now: bigint | undefined
  readonly head: bigint
  readonly chainId: number | undefined
}): ClockOwner {
  const words = new URLSearchParams(mode)
  if (words.get('mode') === 'timestamp') return {}
  const from = words.get('from') ?? 'default'
  const isNamed = from !== 'default' && from !== `eip155:${chainId}`
  const difference = now === undefined ? 0n : now - head
  const isApart = difference > tolerance || difference < -tolerance
  return isNamed || isApart ? { isDistant: true, ...(isNamed && { clockOf: from }) } : {}
}
