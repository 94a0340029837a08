import { isJsonObject } from '../../../domain/text/json.js'

/** A fork as a node tells it. */
export interface Fork {
  /** As in EIP-2124, lower case: `0x` and eight digits. */
  readonly id: string
  /** Unix seconds from which on it holds; 0 of one that held from the first block on. */
  readonly time: bigint
}

/** What a node is configured for. */
export interface ForkConfig {
  readonly current: Fork
  /** The next fork it knows of. Some nodes leave it out though they know one. */
  readonly next?: Fork
  /** The furthest fork it knows of. */
  readonly last?: Fork
  readonly chainId?: bigint
}

// The year 10000: no clock of ours shows what is later.
const firstUnusable = 253_402_300_800

/**
 * The answer to `eth_config` (EIP-7910); `undefined` where it is none, also where it is one of an early draft, leaves
 * the times out, or tells what cannot be. Never throws.
 */
export function decodeForkConfig(answer: unknown): ForkConfig | undefined {
  if (!isJsonObject(answer)) return undefined
  const [current, next, last] = [answer['current'], answer['next'], answer['last']].map(forkIn)
  if (current === undefined || current === 'none' || next === undefined || last === undefined) return undefined
  const ahead = [next, last].filter((fork) => fork !== 'none')
  if (ahead.some(({ id, time }) => time <= current.time || id === current.id)) return undefined
  const chainId = chainIdIn(answer['current'])
  if (chainId === 'unusable') return undefined
  return {
    current,
    ...(next !== 'none' && { next }),
    ...(last !== 'none' && { last }),
    ...(chainId !== undefined && { chainId }),
  }
}

function forkIn(value: unknown): Fork | 'none' | undefined {
  if (value === null || value === undefined) return 'none'
  if (!isJsonObject(value)) return undefined
  const { forkId, activationTime } = value
  if (typeof forkId !== 'string' || !/^0x[0-9a-f]{8}$/i.test(forkId)) return undefined
  if (typeof activationTime !== 'number' || !Number.isInteger(activationTime)) return undefined
  if (activationTime < 0 || activationTime >= firstUnusable) return undefined
  return { id: forkId.toLowerCase(), time: BigInt(activationTime) }
}

function chainIdIn(current: unknown): bigint | 'unusable' | undefined {
  const id = isJsonObject(current) ? current['chainId'] : undefined
  if (id === undefined) return undefined
  return typeof id === 'string' && /^0x[0-9a-f]{1,12}$/i.test(id) ? BigInt(id) : 'unusable'
}

export function isSameFork(a: Fork, b: Fork): boolean {
  return a.id === b.id && a.time === b.time
}

/** The id of a fork that may stand in a key; `undefined` for anything else. */
export function forkIdOf(text: string): string | undefined {
  return /^0x[0-9a-f]{8}$/.test(text) ? text : undefined
}
