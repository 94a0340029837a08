import { type Address, getAddress, isAddress, numberToHex, type PublicClient } from 'viem'
import { z } from 'zod'
import { optionalAnswer } from './optionalAnswer.js'

const maxValidators = 1_000
const schema = z
  .array(z.custom<Address>((value) => typeof value === 'string' && isAddress(value.toLowerCase())))
  .max(maxValidators)

/** Addresses in an answer of any shape, with their checksums; `undefined` where it is no list of addresses. */
export function validatorsIn(answer: unknown): readonly Address[] | undefined {
  const parsed = schema.safeParse(answer)
  return parsed.success ? parsed.data.map((address) => getAddress(address.toLowerCase())) : undefined
}

interface GetValidators {
  readonly Method: 'istanbul_getValidators'
  readonly Parameters: readonly [block: string]
  readonly ReturnType: unknown
}

/**
 * Who validates at a block as the consensus has it, where the node offers `istanbul_getValidators`. The contract's
 * list runs ahead of it: a change counts from the next epoch block on.
 */
export async function readValidators(
  client: Pick<PublicClient, 'request'>,
  block: bigint,
): Promise<readonly Address[] | undefined> {
  return validatorsIn(
    await optionalAnswer(
      client.request<GetValidators>({ method: 'istanbul_getValidators', params: [numberToHex(block)] }),
    ),
  )
}
