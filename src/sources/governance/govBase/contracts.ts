import type { Address, Client } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { readAgreed } from '../../readAgreed.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { Prepare } from '../evm/openReading.js'
import { isStale } from '../evm/contracts.js'
import type { GovBaseContext, GovBaseContract, GovBaseKind, GovBaseMemory } from './context.js'
import { govBaseAbi, ownAbi } from './decode.js'
import { numberIn } from './query.js'

/** Identifies the contracts that were not probed yet, or not for an hour. */
export function prepareContracts(
  { chain, addresses, now }: Pick<GovBaseContext, 'chain' | 'addresses' | 'now'>,
  memory: GovBaseMemory,
): Prepare {
  return async (client) => {
    // A fork of the chain may replace a contract without a log.
    const strangers = addresses.filter(
      (address) =>
        !memory.contracts.has(address.toLowerCase()) || isStale(memory.probedAt.get(address.toLowerCase()), now()),
    )
    const probed = await Promise.all(
      strangers.map((address) =>
        readAgreed(
          () => probeContract(client, address, `chain ${chain}`),
          memory.contracts.get(address.toLowerCase()),
          { where: `${address} on chain ${chain}`, meaningOf: ({ kind, maxAttempts }) => `${kind} ${maxAttempts}` },
        ),
      ),
    )
    return () => {
      for (const contract of probed) {
        memory.contracts.set(contract.address.toLowerCase(), contract)
        memory.probedAt.set(contract.address.toLowerCase(), now())
      }
    }
  }
}

export function contractsOf(
  addresses: readonly Address[],
  { contracts }: Pick<GovBaseMemory, 'contracts'>,
): readonly GovBaseContract[] {
  return addresses.flatMap((address) => contracts.get(address.toLowerCase()) ?? [])
}

const shared = ['currentProposalId', 'proposalExpiry', 'memberVersion', 'MAX_RETRY_COUNT'] as const
const own = ['validatorList', 'getBlacklistCount', 'maxMinterAllowance', 'emergencyPaused', 'ncpList'] as const

/**
 * Identifies the contract at `address`, in one HTTP request if the client batches. The views decide, because on another
 * WBFT chain the same address may hold another contract.
 *
 * @throws SourceError, permanent, if there is no contract or it is not of the family.
 */
export async function probeContract(client: Client, address: Address, where: string): Promise<GovBaseContract> {
  const [code, answers] = await Promise.all([
    client.request({ method: 'eth_getCode', params: [address, 'latest'] }),
    readCalls(client, [
      ...shared.map((functionName) => ({ address, abi: govBaseAbi, functionName })),
      ...own.map((functionName) => ({ address, abi: ownAbi, functionName })),
    ]),
  ])
  if (code === '0x') {
    throw new SourceError(
      'permanent',
      `There is no contract at ${address} on ${where}: check the address and the node's chain.`,
    )
  }
  const [count, expiry, memberVersion, maxAttempts] = answers.slice(0, shared.length).map(numberIn)
  const has = new Set(own.filter((_, index) => answers[shared.length + index]?.ok))
  if (count === undefined || expiry === undefined || memberVersion === undefined) {
    const what = has.has('ncpList')
      ? 'it is the GovNCP of another WBFT chain, which is not supported'
      : 'it has no currentProposalId(), proposalExpiry() and memberVersion()'
    throw new SourceError(
      'permanent',
      `${address} is not a contract of the GovBase family: ${what}. Check the address and governance.system.`,
    )
  }
  return { address, kind: kindOf(has), maxAttempts: maxAttempts ?? 3n, count, memberVersion }
}

function kindOf(has: ReadonlySet<(typeof own)[number]>): GovBaseKind {
  if (has.has('validatorList')) return 'GovValidator'
  if (has.has('getBlacklistCount')) return 'GovCouncil'
  if (has.has('maxMinterAllowance')) return 'GovMasterMinter'
  return has.has('emergencyPaused') ? 'GovMinter' : 'GovBase'
}
