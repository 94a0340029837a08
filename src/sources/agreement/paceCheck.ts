import { firstValueFrom, type Observable } from 'rxjs'
import type { KnownHead } from '../../domain/blocks/headJump.js'
import type { ProposalKey } from '../../domain/proposals/proposal.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { nothingHeard, quorum, type Verdict, type Vote } from './quorum.js'

/** What was known before a reading. */
export interface KnownBefore extends KnownHead {
  /** @defaultValue none */
  readonly upgrades?: ReadonlyMap<ProposalKey, Upgrade>
}

export interface PaceOptions {
  /** One reader per node. */
  readonly nodes: readonly Pick<GovernanceReader, 'readBlock'>[]
  /** How many nodes must agree. */
  readonly agreement: number
  readonly leadBlocks?: number
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

// How many blocks apart nodes may be, and the interval of the questions whether one runs ahead, in milliseconds.
const apart = 16n
const everyMs = 600_000
const againMs = 60_000
// From so many blocks before a file is due, or once a head stands still for so long, nodes are asked if it is due.
const nearBlocks = 64n
const standsMs = 60_000

/**
 * Returns a function that says what `agreement` nodes have against a head at the usual pace, if anything:
 *
 * - It runs ahead. They do not have the block sixteen below it, but the newest block that so many are known to have had
 *   before: a node that is still catching up says nothing.
 * - It is behind, and they have the block at which the file of a scheduled upgrade is due.
 */
export function createPaceCheck(
  options: PaceOptions,
): (head: bigint, before: KnownBefore) => Promise<string | undefined> {
  const isAhead = createAheadCheck(options)
  const isBehind = createBehindCheck(options)
  return async (head, before) => {
    const last = before.head?.number
    if (options.agreement === 1 || last === undefined) return undefined
    return (await isAhead(head, last)) ?? (await isBehind(head, before))
  }
}

type Check<Before> = (head: bigint, before: Before) => Promise<string | undefined>

function createAheadCheck({ nodes, agreement, now }: PaceOptions): Check<bigint> {
  let base: bigint | undefined
  let [lookedAt, waitMs] = [now(), everyMs]
  return async (head, last) => {
    base ??= last
    const height = head - apart
    if (head <= last || height <= base || Math.abs(now() - lookedAt) < waitMs) return undefined
    const { isAgreed } = await firstValueFrom(askHolders(height, nodes, agreement), { defaultValue: nothingHeard })
    if (isAgreed) base = height
    else {
      const denial = await firstValueFrom(askDeniers(height, base, { nodes, agreement }), {
        defaultValue: nothingHeard,
      })
      if (denial.isAgreed) return `${denial.agreeing} nodes have block ${base} and not block ${height}.`
    }
    lookedAt = now()
    waitMs = isAgreed ? everyMs : againMs
    return undefined
  }
}

function createBehindCheck({ nodes, agreement, leadBlocks = 0, now }: PaceOptions): Check<KnownBefore> {
  let [seen, since, askedAt] = [0n, now(), -Infinity]
  return async (head, { upgrades = new Map() }) => {
    if (head > seen) [seen, since] = [head, now()]
    const due = nextDue(head, upgrades, leadBlocks)
    if (due === undefined || Math.abs(now() - askedAt) < againMs) return undefined
    if (due - head > nearBlocks && Math.abs(now() - since) < standsMs) return undefined
    const { isAgreed, agreeing } = await firstValueFrom(askHolders(due, nodes, agreement), {
      defaultValue: nothingHeard,
    })
    // The node is refused until it has the block, so only an answer that lets it pass is kept for a minute.
    if (isAgreed) return `${agreeing} nodes have block ${due}, at which the file of an upgrade is due.`
    askedAt = now()
    return undefined
  }
}

/** The lowest block above the head at which the file of a scheduled upgrade is due. */
function nextDue(head: bigint, upgrades: ReadonlyMap<ProposalKey, Upgrade>, leadBlocks: number): bigint | undefined {
  const due = [...upgrades.values()].flatMap(({ status, height }) =>
    status === 'scheduled' && height !== undefined && Number.isSafeInteger(height) ? [BigInt(height - leadBlocks)] : [],
  )
  return due.filter((block) => block > head).sort((a, b) => Number(a - b))[0]
}

/** Asks which nodes have the block at this height. */
function askHolders(height: bigint, nodes: PaceOptions['nodes'], agreement: number): Observable<Verdict> {
  return quorum(nodes, agreement, async (node, signal): Promise<Vote> => {
    const block = await node.readBlock(height, signal)
    return block === undefined ? { type: 'no', reason: '' } : { type: 'yes', value: '' }
  })
}

/** Asks which nodes have reached the last block that was read and do not have this one. */
export function askDeniers(
  height: bigint,
  last: bigint,
  { nodes, agreement }: Pick<PaceOptions, 'nodes' | 'agreement'>,
): Observable<Verdict> {
  return quorum(nodes, agreement, async (node, signal): Promise<Vote> => {
    const [own, before] = await Promise.all([node.readBlock(height, signal), node.readBlock(last, signal)])
    return own === undefined && before !== undefined ? { type: 'yes', value: '' } : { type: 'no', reason: '' }
  })
}
