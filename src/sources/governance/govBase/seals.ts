import { type Client, numberToHex } from 'viem'
import * as z from 'zod'
import { SourceError } from '../../../domain/errors.js'
import { consensusAddressOf } from '../../../domain/upgrades/postCheck/consensusAddress.js'
import type { BlockSignature } from '../../../domain/upgrades/postCheck/judgeSignatures.js'
import { clientUntil } from '../../rpc/clientUntil.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { EvmContext, EvmMemory } from '../evm/context.js'
import { readHeight } from '../evm/openReading.js'
import { optionalAnswer, readValidators } from './node.js'

const maxSealers = 1_000
const extraSchema = z.looseObject({
  prevCommittedSeal: z.looseObject({ sealers: z.array(z.string().max(100)).min(1).max(maxSealers) }),
})

interface GetWbftExtraInfo {
  readonly Method: 'istanbul_getWbftExtraInfo'
  readonly Parameters: readonly [block: string]
  readonly ReturnType: unknown
}

/** Asks whether the chain holds the seal of this validator. */
export interface SealQuestion {
  readonly height: bigint
  /** The address that seals, 40 upper-case hex digits. */
  readonly validator: string
}

/**
 * Reads what a WBFT chain recorded about the seal of a validator under a block. The next block contains the seals of
 * the previous one as part of its hash; the seals in the block itself differ from node to node. Returns `undefined` if
 * there is no next block yet.
 *
 * @throws SourceError if the node does not tell, or the chain holds no seals of that block, as for the first blocks
 *   after the fork.
 */
export async function readSeal(
  endpoint: EvmEndpoint,
  { height, validator }: SealQuestion,
  signal: AbortSignal,
  context: EvmContext,
  memory: EvmMemory,
): Promise<BlockSignature | undefined> {
  const next = height + 1n
  if ((await readHeight(endpoint, next, signal, context, memory)) === undefined) return undefined
  const client: Pick<Client, 'request'> = clientUntil(endpoint.client, signal)
  const place = `${endpoint.host} of ${context.chain}`
  const answer = await optionalAnswer(
    client.request<GetWbftExtraInfo>({ method: 'istanbul_getWbftExtraInfo', params: [numberToHex(next)] }),
  )
  const { data } = extraSchema.safeParse(answer)
  if (data === undefined)
    throw new SourceError(
      'transient',
      `${place} does not report who sealed block ${height} (istanbul_getWbftExtraInfo).`,
    )
  const sealers = data.prevCommittedSeal.sealers.map(consensusAddressOf)
  if (sealers.includes(validator)) return 'signed'
  if (sealers.includes(undefined))
    throw new SourceError('transient', `${place} reports a seal on block ${height} that belongs to no address.`)
  const validators = await readValidators(client, height)
  if (validators === undefined)
    throw new SourceError('transient', `${place} does not report the validators of block ${height}.`)
  return validators.some((one) => consensusAddressOf(one) === validator) ? 'missed' : 'outside'
}
