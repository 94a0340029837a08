import { type Address, parseAbi, type PublicClient } from 'viem'
import { SourceError } from '../domain/errors.js'
import { probeContract } from './governance/govBase/probeContract.js'
import { probeGovernor } from './governance/governor/probeGovernor.js'
import { findRegistry } from './governance/wemix/findRegistry.js'
import { type Answer, readCalls } from './rpc/readCalls.js'

/** What something turned out to be. */
export interface Identified {
  /** The system that reads it; absent where none does. */
  readonly system?: string
  /** The contract to configure, where the system has one. */
  readonly address?: string
  /** What it is and what to do with it. */
  readonly summary: string
}

const strangerAbi = parseAbi([
  'function currentProposalID() view returns (uint256)',
  'function ncpList() view returns (address[])',
  'function ballotLength() view returns (uint256)',
  'function reg() view returns (address)',
])

/** Says what stands at an address of an EVM chain. All kinds are asked about at once. */
export async function identifyContract(client: PublicClient, address: Address, where: string): Promise<Identified> {
  const views = ['currentProposalID', 'ncpList', 'ballotLength', 'reg'] as const
  const [code, governor, govBase, registry, [currentProposal, ncpList, ballots, reg]] = await Promise.all([
    client.request({ method: 'eth_getCode', params: [address, 'latest'] }),
    unlessForeign(probeGovernor(client, address, where)),
    unlessForeign(probeContract(client, address, where)),
    unlessForeign(findRegistry(client, where, address)),
    readCalls(client, views.map((functionName) => ({ address, abi: strangerAbi, functionName }))),
  ])
  if (code === '0x') return { summary: `There is no contract at ${address} on ${where}.` }
  if (governor !== undefined) return { system: 'governor', address, summary: `${address} on ${where} is an ${governor.flavour}.`.replace('an Compound', 'a Compound').replace('an Governor', 'a Governor') }
  if (govBase !== undefined) return { system: 'gov-base', address, summary: `${address} on ${where} is a ${govBase.kind} of the WBFT system contracts.` }
  if (registry !== undefined) return { system: 'wemix', address, summary: `${address} on ${where} is the registry of WEMIX3.0.` }
  if (answered(currentProposal) && answered(ncpList)) {
    return { summary: `${address} on ${where} is a GovNCP of a WBFT chain, which no system reads yet.` }
  }
  if (answered(ballots) && reg?.ok === true && typeof reg.value === 'string') {
    return { system: 'wemix', address: reg.value, summary: `${address} on ${where} is the Gov contract of WEMIX3.0, which may be replaced: its registry ${reg.value} is what to configure.` }
  }
  return { summary: `${address} on ${where} is a contract, but none that govstream knows to govern.` }
}

function answered(answer: Answer | undefined): boolean {
  return answer?.ok === true
}

/** `undefined` where the contract is of another kind; a node that fails is another matter. */
async function unlessForeign<T>(probe: Promise<T>): Promise<T | undefined> {
  try {
    return await probe
  } catch (cause) {
    if (cause instanceof SourceError && cause.kind === 'permanent') return undefined
    throw cause
  }
}
