import { type Address, parseAbi, type Client } from 'viem'
import { SourceError } from '../domain/errors.js'
import { probeContract } from './governance/govBase/contracts.js'
import { probeGovernor } from './governance/governor/probe.js'
import { announcingEvents } from './governance/upgradeEntrypoint/contracts.js'
import { findRegistry } from './governance/wemix/contracts.js'
import { type Answer, readCalls } from './rpc/readCalls.js'

/** What an address or a URL turned out to be. */
export interface Identified {
  /** The governance system that reads it; absent if none does. */
  readonly system?: string
  /** The contract to configure, if the system has one. */
  readonly address?: string
  /** One sentence that says what it is. */
  readonly summary: string
  /** Which configuration key takes the URL, if the system has several kinds of URL. `init` writes it there itself. */
  readonly place?: string
  /** The chain the node serves, if it says so. */
  readonly chainId?: number | string
  /** Whether the URL of a Cosmos chain is the CometBFT RPC or the REST API. */
  readonly serves?: 'rpc' | 'rest'
  /** Set if an EVM node reports the forks it is configured for. */
  readonly hasForks?: true
}

const strangerAbi = parseAbi([
  'function currentProposalID() view returns (uint256)',
  'function ncpList() view returns (address[])',
  'function ballotLength() view returns (uint256)',
  'function reg() view returns (address)',
])

/** Identifies the contract at an address of an EVM chain. The kinds are probed one after the other. */
export async function identifyContract(client: Client, address: Address, where: string): Promise<Identified> {
  const code = await client.request({ method: 'eth_getCode', params: [address, 'latest'] })
  if (code === '0x') return { summary: `There is no contract at ${address} on ${where}.` }
  const governor = await unlessForeign(probeGovernor(client, address, where))
  if (governor !== undefined)
    return { system: 'governor', address, summary: `${address} on ${where} is a Governor: ${governor.flavour}.` }
  const govBase = await unlessForeign(probeContract(client, address, where))
  if (govBase !== undefined)
    return {
      system: 'gov-base',
      address,
      summary: `${address} on ${where} is a ${govBase.kind} of the WBFT system contracts.`,
    }
  const registry = await unlessForeign(findRegistry(client, where, address))
  if (registry !== undefined)
    return { system: 'wemix', address, summary: `${address} on ${where} is the registry of WEMIX3.0.` }
  const announces = (await announcingEvents(client, address)).filter((name) => name !== 'CancelUpgrade')
  if (announces.length > 0)
    return {
      system: 'upgrade-entrypoint',
      address,
      summary: `${address} on ${where} announces upgrades by ${announces.join(' and ')}.`,
    }
  return identifyStranger(client, address, where)
}

/** Names contracts that are known but cannot be configured as they are. */
async function identifyStranger(client: Client, address: Address, where: string): Promise<Identified> {
  const views = ['currentProposalID', 'ncpList', 'ballotLength', 'reg'] as const
  const [proposal, ncpList, ballots, reg] = await readCalls(
    client,
    views.map((functionName) => ({ address, abi: strangerAbi, functionName })),
  )
  if (answered(proposal) && answered(ncpList)) {
    return { summary: `${address} on ${where} is a GovNCP of a WBFT chain, which no system reads yet.` }
  }
  if (answered(ballots) && reg?.ok === true && typeof reg.value === 'string') {
    return {
      system: 'wemix',
      address: reg.value,
      summary: `${address} on ${where} is the Gov contract of WEMIX3.0, which may be replaced: its registry ${reg.value} is what to configure.`,
    }
  }
  return { summary: `${address} on ${where} is a contract, but not a governance contract that govstream knows.` }
}

function answered(answer: Answer | undefined): boolean {
  return answer?.ok === true
}

/** Returns `undefined` if the contract is of another kind. Rethrows failures of the node. */
async function unlessForeign<T>(probe: Promise<T>): Promise<T | undefined> {
  try {
    return await probe
  } catch (cause) {
    if (cause instanceof SourceError && cause.kind === 'permanent') return undefined
    throw cause
  }
}
