import {
  decodeAbiParameters,
  formatEther,
  formatGwei,
  hexToBigInt,
  type Hex,
  isAddress,
  getAddress,
  keccak256,
  size,
  slice,
  toBytes,
} from 'viem'
import { cleanLine } from '../../../domain/text/text.js'
import { durationText } from '../../../domain/text/time.js'
import type { Variable } from './decodeBallot.js'
import { readText } from './readText.js'

type Words = readonly [bigint, ...bigint[]]

const plain = (words: Words): string => words.join(', ')
const wemix = (words: Words): string => words.map((wei) => `${formatEther(wei)} WEMIX`).join(' to ')
const gwei = ([wei]: Words): string => `${formatGwei(wei)} gwei`

/** Every variable the contracts know, with its value in words. */
const variables: Readonly<Record<string, (words: Words) => string>> = {
  blocksPer: plain,
  ballotDurationMinMax: (words) => words.map(durationText).join(' to '),
  stakingMinMax: wemix,
  // Named by contracts of before, and still accepted by those of today.
  ballotDurationMin: ([seconds]) => durationText(seconds),
  ballotDurationMax: ([seconds]) => durationText(seconds),
  stakingMin: wemix,
  stakingMax: wemix,
  MaxIdleBlockInterval: plain,
  blockCreationTime: ([ms]) => (ms % 1000n === 0n ? `${ms / 1000n} s` : `${ms} ms`),
  blockRewardAmount: wemix,
  maxPriorityFeePerGas: gwei,
  blockRewardDistribution: (words) => `${words.join(', ')} of 10000`,
  gasLimitAndBaseFee: ([limit, rate, target]) =>
    `gas limit ${limit}${rate === undefined ? '' : `, base fee change rate ${rate}`}${target === undefined ? '' : `, gas target ${target} %`}`,
  maxBaseFee: gwei,
}

/** A variable no contract reads: members use its name to agree on an upgrade of the software. */
export const signalName = 'software-upgrade'
const names = new Map([...Object.keys(variables), signalName].map((name) => [keccak256(toBytes(name)), name]))

const variableKinds = [
  'Invalid',
  'Int',
  'Uint',
  'Uint2',
  'Uint3',
  'Uint4',
  'Address',
  'Bytes32',
  'Bytes',
  'String',
] as const

/** A variable of the chain and the value a ballot gives it, for people. */
export interface VariableWords {
  /** Its name; the hash of it where nobody knows the name. */
  readonly name: string
  readonly isKnown: boolean
  /** On one line. */
  readonly value: string
  readonly kind: string
}

/** Decodes a value by the name of its variable, else by its type, else shows the bytes. Never throws. */
export function describeVariable({ name: hash, kind, value }: Variable): VariableWords {
  const name = names.get(hash)
  const words = wordsIn(value)
  const inWords =
    name === undefined || words === undefined
      ? undefined
      : Object.hasOwn(variables, name)
        ? variables[name]?.(words)
        : undefined
  const type = kind <= 9n ? variableKinds[Number(kind)] : undefined
  return {
    name: name ?? hash,
    isKnown: name !== undefined,
    value: inWords ?? byKind(type, value, words),
    kind: type ?? `type ${kind}`,
  }
}

/** The value of a String variable, raw; `undefined` for variables of another type. */
export function variableText({ kind, value }: Variable): string | undefined {
  return kind === 9n ? textIn(value) : undefined
}

function byKind(kind: (typeof variableKinds)[number] | undefined, value: Hex, words: Words | undefined): string {
  const [first] = words ?? []
  if (kind === 'String') return `"${cleanLine(textIn(value), 60)}"`
  if (kind === 'Address') return addressIn(value)
  if (first === undefined || kind === 'Bytes32') return shortHex(value)
  if (kind === 'Int') return BigInt.asIntN(256, first).toString()
  return words !== undefined && kind?.startsWith('Uint') === true ? plain(words) : shortHex(value)
}

function addressIn(value: Hex): string {
  const tail = size(value) === 32 ? slice(value, 12) : value
  return isAddress(tail) ? getAddress(tail) : shortHex(value)
}

/** One to four words; all there are in the variables of a chain. */
function wordsIn(value: Hex): Words | undefined {
  const count = size(value) / 32
  if (!Number.isInteger(count) || count < 1 || count > 4) return undefined
  const [first, ...rest] = Array.from({ length: count }, (_, index) =>
    hexToBigInt(slice(value, index * 32, (index + 1) * 32)),
  )
  return first === undefined ? undefined : [first, ...rest]
}

/** The bytes of the text; some tools write them as an encoded `string`. */
function textIn(value: Hex): string {
  if (size(value) >= 64 && hexToBigInt(slice(value, 0, 32)) === 32n) {
    try {
      return decodeAbiParameters([{ type: 'string' }], value)[0].replaceAll('\u0000', '')
    } catch {
      return readText(value)
    }
  }
  return readText(value)
}

function shortHex(value: Hex): string {
  return value.length <= 66 ? value : `${value.slice(0, 64)}… (${size(value)} bytes)`
}
