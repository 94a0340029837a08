import type { BlockTime } from '../../src/domain/blocks/blockTime.js'
import type { Change, ChangeKind } from '../../src/domain/proposals/change.js'
import type { Head } from '../../src/domain/blocks/head.js'
import { keyOf, type Proposal, type ProposalKey, type Tally, type Vote } from '../../src/domain/proposals/proposal.js'
import type { FailedReading, GoodReading } from '../../src/domain/reading.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../../src/domain/upgrades/upgradeMove.js'

export const chain = 'local'
export const contract = '0x00000000000000000000000000000000000000A1'

/** Unix seconds of block 0 in tests; a block comes every second. */
export const genesis = 1_700_000_000n

export function block(number: number | bigint, parts: Partial<Head> = {}): Head {
  const height = BigInt(number)
  return {
    number: height,
    hash: hashOf(height),
    parentHash: hashOf(height - 1n),
    timestamp: genesis + height,
    ...parts,
  }
}

export function hashOf(height: bigint, fork = 0): string {
  return `0x${fork.toString(16).padStart(8, '0')}${(height < 0n ? 0n : height).toString(16).padStart(56, '0')}`
}

export function proposal(id: string, parts: Partial<Proposal> = {}): Proposal {
  return {
    chain,
    system: 'governor',
    contract,
    id,
    title: `Proposal ${id}`,
    description: `# Proposal ${id}`,
    type: 'other',
    status: 'voting',
    derived: false,
    actions: [],
    clock: 'block',
    votingStart: 1n,
    votingEnd: 50n,
    origin: { block: 1n, hash: hashOf(1n), index: Number(id) || 0 },
    readAt: 1n,
    ...parts,
  }
}

/** A proposal with a valid plan. */
export function upgradeProposal(id: string, name: string, height: number, parts: Partial<Proposal> = {}): Proposal {
  return proposal(id, {
    type: 'upgrade',
    finding: { plan: { name, height }, origin: 'fenced-block', problems: [] },
    ...parts,
  })
}

export function reading(
  at: number,
  proposals: readonly Proposal[] = [],
  parts: Partial<GoodReading> = {},
): GoodReading {
  return {
    ok: true,
    chain,
    readAt: at * 1000,
    head: block(at),
    at: block(at),
    proposals,
    votes: [],
    retracted: [],
    backlog: 0n,
    cursor: { block: at },
    warnings: [],
    ...parts,
  }
}

export function failure(
  readAt: number,
  message = 'node.example is down.',
  kind: 'transient' | 'permanent' = 'transient',
): FailedReading {
  return { ok: false, chain, readAt: readAt * 1000, failure: { kind, message } }
}

export function upgrade(id: string, name: string, height: number, parts: Partial<Upgrade> = {}): Upgrade {
  return {
    key: keyOf({ chain, contract, id }),
    chain,
    contract,
    proposalId: id,
    name,
    height,
    origin: 'fenced-block',
    status: 'scheduled',
    scheduledAt: genesis,
    reasons: [],
    revision: 1,
    reminded: [],
    ...parts,
  }
}

export function byKey<T extends { readonly chain: string; readonly contract: string; readonly id: string }>(
  ...all: readonly T[]
): ReadonlyMap<ProposalKey, T> {
  return new Map(all.map((one) => [keyOf(one), one]))
}

export function tally(yes: bigint, parts: Partial<Tally> = {}): Tally {
  return { yes, no: 0n, abstain: 0n, unit: 'votes', ...parts }
}

export function vote(id: string, at: number, parts: Partial<Vote> = {}): Vote {
  return {
    chain,
    contract,
    id,
    voter: '0xb0b',
    choice: 'yes',
    weight: 1n,
    reason: '',
    block: BigInt(at),
    index: 0,
    ...parts,
  }
}

/** A block time of one second, up to the block `at`. */
export function steadyPace(at: number): BlockTime {
  return { samples: [at - 10, at].map((number) => ({ number: BigInt(number), timestamp: genesis + BigInt(number) })) }
}

export function change(kind: ChangeKind, at = 10): Change {
  return { chain, at: BigInt(at), time: genesis + BigInt(at), ...kind }
}

export function move(type: UpgradeMove['type'], moved: Upgrade, parts: Partial<UpgradeMove> = {}): UpgradeMove {
  return { type, upgrade: moved, time: genesis + 10n, silent: false, ...parts }
}

/** Upgrades by their key. */
export function queued(...all: readonly Upgrade[]): ReadonlyMap<ProposalKey, Upgrade> {
  return new Map(all.map((one) => [one.key, one]))
}
