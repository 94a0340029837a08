import { interpolate } from '../../config/file/interpolate.js'
import type { Environment } from '../../config/environment.js'
import { type System, systems, systemsWithoutContracts, systemsWithRest } from '../../config/systems.js'
import { defined } from '../../domain/defined.js'
import { ConfigError, SourceError } from '../../domain/errors.js'
import { secretsInUrl } from '../../domain/secrets/secretsInUrl.js'
import { type Identified, identifySystem, type IdentifyOptions } from '../../sources/identifySystem.js'
import { addressProblem, urlProblem } from '../problems.js'
import { reachUrl } from '../reachUrl.js'
import type { InitOptions } from './InitOptions.js'
import type { Interview } from './interview.js'

/** The detected chain and its governance. */
export interface DetectedChain {
  readonly rpc: WrittenUrl
  readonly rest?: WrittenUrl
  readonly system: System
  readonly chainId?: number | string
  /** The contract to configure, if the system has one. */
  readonly address?: string
}

/** A URL as written to the file, and as used for requests. */
interface WrittenUrl {
  readonly written: string
  readonly url: string
}

interface Asked {
  readonly environment: Environment
  readonly signal: AbortSignal
}

/**
 * Asks for the node and, if there are several contracts, for the contract, and identifies them.
 *
 * @throws ConfigError if an answer does not fit. @throws SourceError if the node cannot be reached, or no reader fits
 *   what is there.
 */
export async function detectChain(options: InitOptions, talk: Interview, asked: Asked): Promise<DetectedChain> {
  const { signal, environment } = asked
  const { address: wanted } = options
  const given = wanted === undefined || wanted === forks ? undefined : addressIn(wanted)
  const node = await talk.answer(
    {
      flag: '--rpc',
      given: options.rpc,
      expected: 'the URL of a node',
      asks: 'RPC endpoint of the chain',
      fallback: talk.live ? 'http://127.0.0.1:8545' : undefined,
    },
    async (text) => {
      const rpc = urlIn('--rpc', text, environment)
      const found = await identify(rpc, talk, { signal, ...defined({ address: given }) })
      if (found.serves === 'rest')
        throw new ConfigError([{ path: '--rpc', message: `${found.summary} Give it as --rest.` }])
      // A problem with the address is reported when the address is identified.
      if (given === undefined || systemIn(found) !== undefined) talk.say(found.summary)
      return { rpc, found }
    },
  )
  const system = systemIn(node.found)
  const hasRest = system !== undefined && systemsWithRest.includes(system)
  if (!hasRest && options.rest !== undefined)
    throw new ConfigError([{ path: '--rest', message: 'expected for a Cosmos chain only' }])
  if (system !== undefined && systemsWithoutContracts.includes(system)) {
    const found = hasRest ? await findRest(options, node, talk, asked) : undefined
    // Only the REST API of a chain shows how it governs its upgrades.
    return {
      system: found?.system ?? system,
      rpc: node.rpc,
      ...defined({ chainId: node.found.chainId, rest: found?.rest }),
    }
  }
  return { rpc: node.rpc, ...(await findContract(given ?? wanted, node, talk, signal)) }
}

// Used instead of an address, because no contract decides about forks.
const forks = 'forks'

/** Shows which host it waits for, because a slow node takes seconds. */
function identify(
  { url }: WrittenUrl,
  talk: Interview,
  asked: Pick<IdentifyOptions, 'signal' | 'address'>,
): Promise<Identified> {
  return talk.during((show) => {
    show(`asking ${new URL(url).host}`)
    return identifySystem({ ...reachUrl(url), ...asked })
  })
}

interface FoundNode {
  readonly rpc: WrittenUrl
  readonly found: Identified
}

async function findContract(
  given: string | undefined,
  { rpc, found }: FoundNode,
  talk: Interview,
  signal: AbortSignal,
): Promise<Pick<DetectedChain, 'system' | 'address' | 'chainId'>> {
  const known = given === undefined ? found.address : undefined
  const question = {
    flag: '--address',
    given,
    expected: 'the address of the governance contract',
    // Short, so that the address fits beside it on 80 columns.
    asks: found.hasForks === true ? `Governance contract, or "${forks}"` : 'Address of the governance contract',
    fallback: known,
  }
  return talk.answer(question, async (text) => {
    if (text === forks) return { system: forkSystem(found), ...defined({ chainId: found.chainId }) }
    const address = addressIn(text)
    const contract = address === known || address === given ? found : await identify(rpc, talk, { signal, address })
    const system = systemIn(contract)
    if (system === undefined) throw new SourceError('permanent', contract.summary)
    if (contract !== found) talk.say(contract.summary)
    return { system, ...defined({ address: contract.address, chainId: found.chainId }) }
  })
}

/** @throws ConfigError if the node does not report its forks. */
function forkSystem({ hasForks, summary }: Identified): System {
  if (hasForks === true) return 'fork-config'
  throw new ConfigError([
    { path: '--address', message: `expected an address: the node does not tell its forks (eth_config). ${summary}` },
  ])
}

async function findRest(
  options: InitOptions,
  { rpc, found }: FoundNode,
  talk: Interview,
  { environment, signal }: Asked,
): Promise<{ readonly rest: WrittenUrl; readonly system?: System }> {
  const { hostname } = new URL(rpc.url)
  const isOwn = talk.live && ['localhost', '127.0.0.1'].includes(hostname)
  const question = {
    flag: '--rest',
    given: options.rest,
    expected: 'the URL of the REST (API) of the same chain',
    asks: 'REST endpoint of the same chain',
    fallback: isOwn ? `http://${hostname}:1317` : undefined,
  }
  return talk.answer(question, async (text) => {
    const rest = urlIn('--rest', text, environment)
    const served = await identify(rest, talk, { signal })
    if (served.serves !== 'rest')
      throw new ConfigError([{ path: '--rest', message: `expected the REST of a Cosmos chain. ${served.summary}` }])
    if (found.chainId !== undefined && served.chainId !== found.chainId)
      throw new ConfigError([{ path: '--rest', message: `expected the same chain as at --rpc. ${served.summary}` }])
    talk.say(served.summary)
    return { rest, ...defined({ system: systemIn(served) }) }
  })
}

function systemIn({ system }: Identified): System | undefined {
  return systems.find((known) => known === system)
}

function addressIn(text: string): string {
  const problem = addressProblem(text)
  if (problem === undefined) return text
  throw new ConfigError([{ path: '--address', message: problem }])
}

/**
 * Resolves the variables in a given URL. If it contains a secret and equals the value of a variable, because the shell
 * expanded it, the file gets that variable instead.
 */
function urlIn(path: string, text: string, environment: Environment): WrittenUrl {
  const { value, issues } = interpolate(text, environment)
  const url = String(value)
  const problem = issues[0]?.message ?? urlProblem(url)
  if (problem !== undefined) throw new ConfigError([{ path, message: problem }])
  const [variable] =
    Object.entries(environment).find(([name, set]) => set === url && /^[A-Z][A-Z0-9_]*$/.test(name)) ?? []
  const isKnown = text === url && variable !== undefined && secretsInUrl(url).length > 0
  return { url, written: isKnown ? `\${${variable}}` : text }
}
