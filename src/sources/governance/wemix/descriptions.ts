import {
  decodeAbiParameters,
  formatEther,
  formatGwei,
  getAddress,
  type Hex,
  hexToBigInt,
  isAddress,
  keccak256,
  size,
  slice,
  toBytes,
  zeroAddress,
} from 'viem'
import { parsedJson } from '../../../domain/text/boundedJson.js'
import { readPlan } from '../../../domain/plans/readPlan.js'
import { cleanLine } from '../../../domain/text/text.js'
import { type Ballot, type MemberChange, type Payload, readText, type Variable } from './decode.js'
import { durationText } from '../../../domain/text/time.js'

/** What a ballot asks for, as a title and a sentence. */
export interface BallotWords {
  readonly title: string
  readonly sentence: string
}

/** Describes what a ballot asks for; if that cannot be decoded, only its type. */
export function ballotWords(
  { ballotType, creator }: Ballot,
  { member, exit, newGovernance, variable }: Payload,
): BallotWords {
  if (ballotType === 1n && member !== undefined) {
    return { title: `Add member ${member.newStaker}${nodeName(member)}`, sentence: `Adds ${seat(member)}` }
  }
  if (ballotType === 2n && member !== undefined) {
    const cost = exit === undefined ? '' : `, ${wemix(exit.unlockAmount)} unlocked, ${wemix(exit.slashing)} slashed`
    return { title: `Remove member ${member.oldStaker}`, sentence: `Removes member ${member.oldStaker}${cost}.` }
  }
  if (ballotType === 3n && member !== undefined) {
    const isOwn = member.oldStaker === creator && member.newStaker === creator
    return isOwn
      ? {
          title: `Member ${creator} changes its own entry${nodeName(member)}`,
          sentence: `The new entry is ${seat(member)}`,
        }
      : {
          title: `Replace member ${member.oldStaker} by ${member.newStaker}`,
          sentence: `Replaces member ${member.oldStaker} by ${seat(member)}`,
        }
  }
  if (ballotType === 4n && newGovernance !== undefined) {
    return {
      title: `Point governance at ${newGovernance}`,
      sentence: `The code of the governance contract becomes that of ${newGovernance}.`,
    }
  }
  if (ballotType === 5n && variable !== undefined) {
    return variableWords(variable)
  }
  const type = types[Number(ballotType)]
  return { title: type ?? `Ballot of type ${ballotType}`, sentence: 'What it asks for could not be read.' }
}

function variableWords(variable: Variable): BallotWords {
  const { name, isKnown, value, kind } = describeVariable(variable)
  if (name === signalName) {
    const { plan, problems } = readPlan(parsedJson(variableText(variable) ?? ''))
    return {
      title: problems.length === 0 ? `Upgrade ${plan.name} at height ${plan.height}` : `Set ${name} to ${value}`,
      sentence: `Sets the variable ${name}, which no contract reads: it tells those who run the nodes what was agreed on.`,
    }
  }
  if (isKnown) return { title: `Change ${name} to ${value}`, sentence: `Changes the variable ${name} to ${value}.` }
  return {
    title: `Set the variable ${name.slice(0, 10)}… to ${value}`,
    sentence: `Sets the variable ${name}, of type ${kind}: that is the hash of its name, which nobody here knows. Contracts pass over names they do not know.`,
  }
}

const types: Readonly<Partial<Record<number, string>>> = {
  1: 'Add a member',
  2: 'Remove a member',
  3: 'Change a member',
  4: 'Point governance at another contract',
  5: 'Change a variable',
}

function seat(member: MemberChange): string {
  const { newStaker, newVoter, newReward, nodeIp, nodePort, lockAmount } = member
  const parts = [
    `member ${newStaker}${nodeName(member)}`,
    ...(newVoter === newStaker || newVoter === zeroAddress ? [] : [`voter ${newVoter}`]),
    ...(newReward === newStaker || newReward === zeroAddress ? [] : [`rewards to ${newReward}`]),
    `node at ${cleanLine(readText(nodeIp), 60)}:${nodePort}`,
    `${wemix(lockAmount)} locked`,
  ]
  return `${parts.join(', ')}.`
}

function nodeName({ nodeName: bytes }: MemberChange): string {
  const name = cleanLine(readText(bytes), 40)
  return name === '' ? '' : ` (${name})`
}

function wemix(amount: bigint): string {
  return `${formatEther(amount)} WEMIX`
}

type Words = readonly [bigint, ...bigint[]]

const plain = (words: Words): string => words.join(', ')
const wemixRange = (words: Words): string => words.map((wei) => `${formatEther(wei)} WEMIX`).join(' to ')
const gwei = ([wei]: Words): string => `${formatGwei(wei)} gwei`

/** Every variable that the contracts know, with a function that describes its value. */
const variables: Readonly<Record<string, (words: Words) => string>> = {
  blocksPer: plain,
  ballotDurationMinMax: (words) => words.map(durationText).join(' to '),
  stakingMinMax: wemixRange,
  // Used by earlier contracts, and still accepted by current ones.
  ballotDurationMin: ([seconds]) => durationText(seconds),
  ballotDurationMax: ([seconds]) => durationText(seconds),
  stakingMin: wemixRange,
  stakingMax: wemixRange,
  MaxIdleBlockInterval: plain,
  blockCreationTime: ([ms]) => (ms % 1000n === 0n ? `${ms / 1000n} s` : `${ms} ms`),
  blockRewardAmount: wemixRange,
  maxPriorityFeePerGas: gwei,
  blockRewardDistribution: (words) => `${words.join(', ')} of 10000`,
  gasLimitAndBaseFee: ([limit, rate, target]) =>
    `gas limit ${limit}${rate === undefined ? '' : `, base fee change rate ${rate}`}${target === undefined ? '' : `, gas target ${target} %`}`,
  maxBaseFee: gwei,
}

/** A variable that no contract reads. Members use its name to agree on a software upgrade. */
const signalName = 'software-upgrade'
const variableNames = new Map([...Object.keys(variables), signalName].map((name) => [keccak256(toBytes(name)), name]))

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

/** A variable of the chain and the value a ballot gives it, as text. */
export interface VariableWords {
  /** Its name, or the hash of the name if the name is unknown. */
  readonly name: string
  readonly isKnown: boolean
  /** On one line. */
  readonly value: string
  readonly kind: string
}

/** Decodes a value by the name of its variable, otherwise by its type; otherwise shows the bytes. Never throws. */
export function describeVariable({ name: hash, kind, value }: Variable): VariableWords {
  const name = variableNames.get(hash)
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

/** The raw value of a String variable; `undefined` for variables of another type. */
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

/** Splits a value into words. Variables of a chain have one to four words; returns `undefined` for other sizes. */
function wordsIn(value: Hex): Words | undefined {
  const count = size(value) / 32
  if (!Number.isInteger(count) || count < 1 || count > 4) return undefined
  const [first, ...rest] = Array.from({ length: count }, (_, index) =>
    hexToBigInt(slice(value, index * 32, (index + 1) * 32)),
  )
  return first === undefined ? undefined : [first, ...rest]
}

/** Decodes the bytes as text; some tools write them as an ABI-encoded `string`. */
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
