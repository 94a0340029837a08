import { early, failed, passed, patienceMs, type PostCheck, settledAfter, unknown } from './postCheck.js'

/** One node's answer about the first block after the height. */
export interface NodeBlock {
  readonly host: string
  /** The hash in the node's own spelling; absent if it reports none. */
  readonly hash?: string
  /** Why the block of the node is not known. */
  readonly problem?: string
  /** True if the node answers but has not reached the block. */
  readonly isBehind?: true
}

export interface BlockFacts {
  /** The first block after the height. Its hash also covers the application hash that the upgrade produced. */
  readonly height: bigint
  /** One entry per node, the operator's own first. */
  readonly blocks: readonly NodeBlock[]
  /** The newest block that is known. */
  readonly head: bigint
  /** Milliseconds since the first check was requested. */
  readonly waitedMs: number
}

/**
 * Compares the first block after the height at the operator's own node with that of the other nodes. Equal hashes prove
 * that the application hashes agree too. A different or missing block counts only after ten further blocks, because
 * before that a reorg looks the same. If the own node is silent or behind, it may still be switching.
 */
export function judgeBlocks({ height, blocks, head, waitedMs }: BlockFacts): PostCheck {
  const [own, ...others] = blocks.map((block) => ({ ...block, hash: spelled(block.hash) }))
  const told = others.filter(({ hash }) => hash !== undefined)
  const isSettled = head >= height + settledAfter
  const isPatient = waitedMs < patienceMs
  if (own?.hash === undefined) return withoutOwn(height, own, told, { isSettled: isSettled && !isPatient, isPatient })
  const which = `Block ${height} of ${own.host}`
  if (told.length === 0) {
    const alone = `${which} cannot be compared: no other node has reported its own`
    return others.some(({ isBehind }) => isBehind === true) && !isSettled
      ? early('block', `${alone} so far.`)
      : unknown('block', `${alone}.`, 'Check the other nodes in rpc.urls.')
  }
  const different = told.filter(({ hash }) => hash !== own.hash)
  const same = told.filter(({ hash }) => hash === own.hash)
  const odd = namesOf(different)
  const agreed = `${which} and its application hash are the same as on ${namesOf(same)}`
  if (different.length === 0) return passed('block', `${agreed}.`)
  if (!isSettled)
    return early(
      'block',
      `${which} differs from that of ${odd}. This counts once ${settledAfter} blocks have followed.`,
    )
  if (same.length + 1 > largestGroup(different))
    return passed('block', `${agreed}. ${odd} ${different.length === 1 ? 'has' : 'have'} another block.`)
  return failed(
    'block',
    `${which} differs from that of ${odd}${same.length === 0 ? '' : `, but is the same as on ${namesOf(same)}`}: they are on different chains.`,
    'Compare the hash of that block with an explorer at once, and stop the node if it is the one that is wrong: its signatures there can be used against it.',
  )
}

function withoutOwn(
  height: bigint,
  own: Omit<NodeBlock, 'hash'> | undefined,
  told: readonly { readonly host: string }[],
  { isSettled, isPatient }: { readonly isSettled: boolean; readonly isPatient: boolean },
): PostCheck {
  const { host = 'The node', problem = 'it reports no hash', isBehind } = own ?? {}
  if (isBehind !== true) {
    const silent = `${host} did not report its block ${height}: ${problem.endsWith('.') ? problem : `${problem}.`}`
    return isPatient ? early('block', silent) : unknown('block', silent, 'Check the node.')
  }
  const stands = `${host} has not reached block ${height}`
  if (told.length === 0 || !isSettled) return early('block', `${stands} yet.`)
  return failed(
    'block',
    `${stands}, the first one after the height, and ${namesOf(told)} ${told.length === 1 ? 'has' : 'have'}.`,
    'Check the log of the node: one whose application hash differs stops there.',
  )
}

// Maximum number of hosts named in a sentence.
const mostNamed = 5

function namesOf(nodes: readonly { readonly host: string }[]): string {
  const hosts = nodes.map(({ host }) => host)
  const more = hosts.length - mostNamed
  return more > 0 ? `${hosts.slice(0, mostNamed).join(', ')} and ${more} more` : hosts.join(', ')
}

/**
 * Normalises a hash: some servers write it with `0x`, some in capitals. Returns `undefined` if it is not a 32-byte
 * hash.
 */
function spelled(hash: string | undefined): string | undefined {
  return /^(?:0x)?([0-9a-f]{64})$/.exec(hash?.toLowerCase() ?? '')?.[1]
}

/** Returns the size of the largest group with the same hash. */
function largestGroup(blocks: readonly { readonly hash: string | undefined }[]): number {
  const counts = new Map<string | undefined, number>()
  for (const { hash } of blocks) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  return Math.max(...counts.values())
}
