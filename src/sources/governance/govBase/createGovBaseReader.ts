import type { Head } from '../../../domain/blocks/head.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import { SourceError } from '../../../domain/errors.js'
import { firstHealthy } from '../../rpc/firstHealthy.js'
import { readBlock } from '../../readHead.js'
import { arrive } from '../evm/arrive.js'
import { checksummed } from '../evm/checksummed.js'
import type { Place } from '../evm/Place.js'
import { readHeight } from '../evm/readHeight.js'
import { readOn } from '../evm/readOn.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import { vouched } from '../vouched.js'
import { askMore } from './askMore.js'
import { contractsOf, govBaseSystem } from './govBaseSystem.js'
import type { GovBaseContext, GovBaseContract, GovBaseReaderOptions, Memory } from './GovBaseContext.js'
import { askSummary } from './inquiry.js'
import { membersOf } from './membersOf.js'
import { type ContractFacts, forkDetails, readContract, reportOf } from './readContract.js'
import { readForks } from './readForks.js'
import { readProposal } from './readProposal.js'
import { readValidators } from './readValidators.js'
import { settle } from './settle.js'

/**
 * Reads the system contracts of WBFT chains: GovValidator, GovMasterMinter, GovMinter, GovCouncil.
 *
 * - A poll costs one HTTP request where no block is new, two where one is, however many proposals are open. A seat
 *   that changed hands costs one more, as do more than four new proposals between two polls.
 * - Closed proposals are never asked about again, unless a reorg reached below their last reading.
 * - Nothing is contacted before the first call.
 */
export function createGovBaseReader(options: GovBaseReaderOptions): GovernanceReader {
  const { chain, endpoints, now } = options
  const context: GovBaseContext = {
    ...options,
    fromBlock: BigInt(options.fromBlock),
    addresses: options.addresses.map((address) => checksummed(address, chain)),
  }
  const memory: Memory = {
    contracts: new Map(),
    probedAt: new Map(),
    fewer: new Map(),
    seats: new Map(),
    large: new Set(),
    verified: new WeakSet(),
  }
  const system = govBaseSystem(context, memory)
  const onHealthy = firstHealthy({ chain, endpoints, now })

  /** Runs at the target block of a healthy node, with the contracts known. */
  const there = <T>(
    run: (place: Place, at: Head, contracts: readonly GovBaseContract[]) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> =>
    onHealthy(async (endpoint) => {
      const { place, target } = await arrive(endpoint, undefined, signal, system.prepare, context, memory)
      const at =
        target.hash === target.head.hash && target.number === target.head.number
          ? target.head
          : await readBlock(place.client, target.number, place.host)
      if (at === undefined) {
        throw new SourceError(
          'transient',
          `${place.host} of ${chain} does not have block ${target.number}, though it said so: it may be several nodes.`,
        )
      }
      return run(place, at, contractsOf(context.addresses, memory))
    }, signal)

  const readAll = (signal: AbortSignal): Promise<readonly Proposal[]> =>
    there(async (place, at, contracts) => {
      // A memory of its own: what a poll remembers belongs to the block the poll stands at.
      const fresh: Memory = { ...memory, contracts: new Map(), seats: new Map(), large: new Set() }
      const summaries = await askMore(place, contracts.map(askSummary), at)
      const settled = await Promise.all(
        contracts.map((contract, index) =>
          settle(
            place,
            {
              contract,
              count: 0n,
              known: [],
              watched: [],
              summary: summaries[index],
              found: new Map(),
              seats: new Map(),
            },
            { at, origins: new Map(), skips: new Map(), expired: new Map(), hasReorged: false },
            context,
            fresh,
          ),
        ),
      )
      return settled.flatMap(({ proposals }) => proposals)
    }, signal)

  return {
    chain,
    system: 'gov-base',
    read: (request) =>
      onHealthy(
        (endpoint) => vouched(endpoint, readOn(endpoint, request, system, context, memory), request),
        request.signal,
      ),
    readBlock: (height, signal) =>
      onHealthy((endpoint) => readHeight(endpoint, height, signal, context, memory), signal),
    async readProposal(contract, id, signal) {
      const address = checksummed(contract, chain)
      if (!/^[0-9]{1,78}$/.test(id)) return undefined
      return there(async (place, at, contracts) => {
        const its = contracts.find((known) => known.address === address)
        return its === undefined ? undefined : readProposal(place, its, BigInt(id), at, context)
      }, signal)
    },
    async readProposals(status, signal) {
      return (await readAll(signal)).filter((proposal) => proposal.status === status)
    },
    readParameters: (signal) =>
      there(async (place, at, contracts) => {
        const facts = await factsOf(place, contracts, at)
        const nodeValidators = await readValidators(place.client, at.number)
        const forks = await readForks(place.client)
        return facts.map(({ parameters, validators }) => ({
          ...parameters,
          details: {
            ...parameters.details,
            ...(validators !== undefined &&
              nodeValidators !== undefined && { validatorsOfNode: nodeValidators.length }),
            ...forkDetails(forks),
          },
        }))
      }, signal),
    readMembers: (signal) =>
      there(async (place, at, contracts) => {
        const facts = await factsOf(place, contracts, at)
        return membersOf(facts, (await readValidators(place.client, at.number)) ?? [])
      }, signal),
    check: (signal) =>
      there(async (place, at, contracts) => {
        const facts = await factsOf(place, contracts, at)
        const forks = await readForks(place.client)
        return facts.map((fact, index) => reportOf(fact, index === 0 ? forks : []))
      }, signal),
  }
}

function factsOf(place: Place, contracts: readonly GovBaseContract[], at: Head): Promise<readonly ContractFacts[]> {
  return Promise.all(contracts.map((contract) => readContract(place, contract, at)))
}
