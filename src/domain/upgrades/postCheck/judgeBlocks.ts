import { early, failed, passed, patienceMs, type PostCheck, settledAfter, unknown } from './postCheck.js'

/** What one node says of the first block after the height. */
export interface NodeBlock {
  readonly host: string
  /** As the node tells it, in any spelling; absent where it tells none. */
  readonly hash?: string
  /** Why nothing is known of its block. */
  readonly problem?: string
  /** It answers, and has not got that far. */
  readonly isBehind?: true
}

export interface BlockFacts {
  /** The first block after the height: its hash is made of the application hash that the upgrade left, too. */
  readonly height: bigint
  /** One a node, the operator's own first. */
  readonly blocks: readonly NodeBlock[]
  /** The newest block that is known. */
  readonly head: bigint
  /** Since the first look was asked for, in milliseconds. */
  readonly waitedMs: number
}

/**
 * Compares the first block after the height at the operator's own node with that of the others. Equal hashes prove that
 * the application hashes agree too. That one differs, or is missing, counts once a few blocks have followed: before
 * that a reorg looks the same. An own node that is silent, or behind, may still be at its switch.
 */
export function judgeBlocks({ height, blocks, head, waitedMs }: BlockFacts): PostCheck {
  const [own, ...others] = blocks.map((block) => ({ ...block, hash: spelled(block.hash) }))
  const told = others.filter(({ hash }) => hash !== undefined)
  const isSettled = head >= height + settledAfter
  const isPatient = waitedMs < patienceMs
  if (own?.hash === undefined) return withoutOwn(height, own, told, { isSettled: isSettled && !isPatient, isPatient })
  const which = `Block ${height} of ${own.host}`
  if (told.length === 0) {
    const alone = `${which} cannot be compared: no other node has told its own`
    return others.some(({ isBehind }) => isBehind === true) && !isSettled
      ? early('block', `${alone} so far.`)
      : unknown('block', `${alone}.`, 'Look at the other nodes in rpc.urls.')
  }
  const different = told.filter(({ hash }) => hash !== own.hash)
  const same = told.filter(({ hash }) => hash === own.hash)
  const odd = namesOf(different)
  const agreed = `${which} is that of ${namesOf(same)}, and so is the application hash`
  if (different.length === 0) return passed('block', `${agreed}.`)
  if (!isSettled)
    return early('block', `${which} is not that of ${odd}: that counts once ${settledAfter} blocks have followed.`)
  if (same.length + 1 > mostAlike(different)) return passed('block', `${agreed}. That of ${odd} is another one.`)
  return failed(
    'block',
    `${which} is not that of ${odd}${same.length === 0 ? '' : `, though it is that of ${namesOf(same)}`}: they are on different chains.`,
    'Compare the hash of that block with an explorer at once, and stop the node where it is the one that is wrong: what it signs there can be held against it.',
  )
}

function withoutOwn(
  height: bigint,
  own: Omit<NodeBlock, 'hash'> | undefined,
  told: readonly { readonly host: string }[],
  { isSettled, isPatient }: { readonly isSettled: boolean; readonly isPatient: boolean },
): PostCheck {
  const { host = 'The node', problem = 'it tells no hash', isBehind } = own ?? {}
  if (isBehind !== true) {
    const silent = `${host} did not tell its block ${height}: ${problem.endsWith('.') ? problem : `${problem}.`}`
    return isPatient ? early('block', silent) : unknown('block', silent, 'Look whether the node is well.')
  }
  const stands = `${host} has not got to block ${height}`
  if (told.length === 0 || !isSettled) return early('block', `${stands} yet.`)
  return failed(
    'block',
    `${stands}, the first one after the height, and ${namesOf(told)} ${told.length === 1 ? 'has' : 'have'}.`,
    'Look into the log of the node: one whose application hash is another one stops there.',
  )
}

// More than a reader wants to hear of.
const mostNamed = 5

function namesOf(nodes: readonly { readonly host: string }[]): string {
  const hosts = nodes.map(({ host }) => host)
  const more = hosts.length - mostNamed
  return more > 0 ? `${hosts.slice(0, mostNamed).join(', ')} and ${more} more` : hosts.join(', ')
}

/** One spelling: some servers write hashes with `0x`, some in capitals. What was made up is none. */
function spelled(hash: string | undefined): string | undefined {
  return /^(?:0x)?([0-9a-f]{64})$/.exec(hash?.toLowerCase() ?? '')?.[1]
}

/** How many of them have one and the same hash, at most. */
function mostAlike(blocks: readonly { readonly hash: string | undefined }[]): number {
  const counts = new Map<string | undefined, number>()
  for (const { hash } of blocks) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  return Math.max(...counts.values())
}
