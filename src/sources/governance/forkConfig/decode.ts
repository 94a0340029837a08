import { isJsonObject } from '../../../domain/text/json.js'

/** A fork as a node reports it. */
export interface Fork {
  /** The fork id of EIP-2124, in lower case: `0x` and eight digits. */
  readonly id: string
  /** Unix seconds from which the fork is active; 0 if it is active from the first block. */
  readonly time: bigint
}

/** What a node is configured for. */
export interface ForkConfig {
  readonly current: Fork
  /** The next fork the node knows. Some nodes omit it although they know one. */
  readonly next?: Fork
  /** The last fork the node knows. */
  readonly last?: Fork
  readonly chainId?: bigint
}

// The year 10000. Later times cannot be displayed.
const firstUnusable = 253_402_300_800

/**
 * Decodes the answer to `eth_config` (EIP-7910). Returns `undefined` for anything else, including answers of an early
 * draft, without times, or with impossible values. Never throws.
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

/** Returns a fork id that can be used in a key; `undefined` for any other text. */
export function forkIdOf(text: string): string | undefined {
  return /^0x[0-9a-f]{8}$/.test(text) ? text : undefined
}
