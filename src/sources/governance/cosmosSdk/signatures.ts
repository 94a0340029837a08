import * as z from 'zod'
import { SourceError } from '../../../domain/errors.js'
import type { BlockSignature } from '../../../domain/upgrades/postCheck/judgeSignatures.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { HttpJsonResponse } from '../../http/requestJson.js'
import { refusalOf } from '../../http/refusalOf.js'
import { integerOf } from './scalars.js'

/** Asks for the signature of a validator under a block of a CometBFT chain. */
export interface SignatureQuestion {
  readonly height: bigint
  /** The consensus address, 40 upper-case hex digits. */
  readonly validator: string
  /** The id of the chain, if known. */
  readonly expected: string | undefined
  /** Name of the chain in the configuration. */
  readonly chain: string
}

// Maximum number of validators, above the limit of CometBFT.
const mostValidators = 10_000

const address = z.string().regex(/^[0-9A-Fa-f]{40}$/)
const row = z.object({
  block_id_flag: z.union([z.number(), z.string()]),
  // Absent for a validator that did not vote.
  validator_address: z.string().max(100).nullish(),
})
const commitResult = z.object({
  signed_header: z.object({
    header: z.object({ chain_id: z.string().min(1).max(100), height: z.unknown().optional() }),
    commit: z.object({ height: z.unknown().optional(), signatures: z.array(row).max(mostValidators) }),
  }),
  canonical: z.boolean().nullish(),
})
// Some servers omit the JSON-RPC envelope.
const commitAnswer = z.union([z.object({ result: commitResult }).transform(({ result }) => result), commitResult])

const validatorsResult = z.object({
  block_height: z.unknown().optional(),
  validators: z.array(z.object({ address })).max(mostValidators),
  total: z.unknown().optional(),
})
const validatorsAnswer = z.union([
  z.object({ result: validatorsResult }).transform(({ result }) => result),
  validatorsResult,
])

/**
 * The flag of a row: a vote for the block, no vote, or a vote for no block. Most rows without a vote have no address.
 */
const flags: ReadonlyMap<number | string, BlockSignature> = new Map<number | string, BlockSignature>([
  [2, 'signed'],
  ['BLOCK_ID_FLAG_COMMIT', 'signed'],
  [1, 'missed'],
  ['BLOCK_ID_FLAG_ABSENT', 'missed'],
  [3, 'missed'],
  ['BLOCK_ID_FLAG_NIL', 'missed'],
])

/**
 * Reads what the commit of a block says about a validator; returns `undefined` if that commit is not final yet. If the
 * validator has no vote in it, the validator set of that block decides between `missed` and `outside`.
 *
 * @throws SourceError if the node does not tell, or answers for another block or chain.
 */
export async function readSignature(
  endpoint: HttpEndpoint,
  question: SignatureQuestion,
  signal: AbortSignal,
): Promise<BlockSignature | undefined> {
  const { height, validator, expected, chain } = question
  const place = `${endpoint.host} of ${chain}`
  const answer = await ask(endpoint, '/commit', { height: height.toString() }, signal)
  if (/must be less than or equal to the current blockchain height/.test(answer.text)) return undefined
  if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, place)
  const parsed = commitAnswer.safeParse(answer.body)
  const { signed_header: { header, commit } = {}, canonical } = parsed.data ?? {}
  if (
    header === undefined ||
    commit === undefined ||
    integerOf(header.height) !== height ||
    integerOf(commit.height) !== height
  )
    throw new SourceError('transient', `${place} answered with something that is not the commit of block ${height}.`)
  if (expected !== undefined && header.chain_id !== expected)
    throw new SourceError(
      'permanent',
      `${place} is on chain ${header.chain_id}, expected ${expected}: check rpc.urls and rpc.chainId.`,
    )
  // The commit is only what this node has seen so far, not what the chain has recorded.
  if (canonical === false) return undefined
  const own = commit.signatures.find(({ validator_address }) => validator_address?.toUpperCase() === validator)
  if (own === undefined) return (await isValidator(endpoint, question, signal)) ? 'missed' : 'outside'
  const told = flags.get(own.block_id_flag)
  if (told === undefined)
    throw new SourceError('transient', `${place} reports a vote on block ${height} that is not understood.`)
  return told
}

const pageSize = 100
const mostPages = mostValidators / pageSize

async function isValidator(
  endpoint: HttpEndpoint,
  { height, validator, chain }: SignatureQuestion,
  signal: AbortSignal,
): Promise<boolean> {
  const place = `${endpoint.host} of ${chain}`
  const known = new Set<string>()
  for (let page = 1; page <= mostPages; page += 1) {
    const query = { height: height.toString(), page: String(page), per_page: String(pageSize) }
    const answer = await ask(endpoint, '/validators', query, signal)
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, place)
    const { data } = validatorsAnswer.safeParse(answer.body)
    if (data === undefined || integerOf(data.block_height) !== height) break
    const before = known.size
    for (const one of data.validators) known.add(one.address.toUpperCase())
    if (known.has(validator)) return true
    const total = integerOf(data.total)
    if (total !== undefined && BigInt(known.size) >= total) return false
    // A page without new validators means that paging does not work.
    if (known.size === before) break
  }
  throw new SourceError('transient', `${place} did not report all validators of block ${height}.`)
}

async function ask(
  endpoint: HttpEndpoint,
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpJsonResponse> {
  const plain = await endpoint.get(path, query, signal)
  // CometBFT 1.0 may serve its methods only below a version prefix.
  return plain.status === 404 ? endpoint.get(`/v1${path}`, query, signal) : plain
}
