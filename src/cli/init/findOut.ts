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

/** What the operator has to do with, and what it is. */
export interface FoundOut {
  readonly rpc: WrittenUrl
  readonly rest?: WrittenUrl
  readonly system: System
  readonly chainId?: number | string
  /** The contract to configure, where the system has one. */
  readonly address?: string
}

/** A URL as it stands in the file, and as it is asked. */
interface WrittenUrl {
  readonly written: string
  readonly url: string
}

interface Asked {
  readonly environment: Environment
  readonly signal: AbortSignal
}

/**
 * Asks for the node and, where there are several, for the contract; finds out what they are.
 *
 * @throws ConfigError for answers that do not fit. @throws SourceError where the node cannot be reached, or nothing
 *   reads what is there.
 */
export async function findOut(options: InitOptions, talk: Interview, asked: Asked): Promise<FoundOut> {
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
      // What is wrong with the address is said where that is looked at.
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
    // Only the REST of a chain tells what it governs its upgrades by.
    return {
      system: found?.system ?? system,
      rpc: node.rpc,
      ...defined({ chainId: node.found.chainId, rest: found?.rest }),
    }
  }
  return { rpc: node.rpc, ...(await findContract(given ?? wanted, node, talk, signal)) }
}

// In place of an address: no contract decides about forks.
const forks = 'forks'

/** Says on a terminal whom it waits for: a slow node takes seconds for this. */
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
): Promise<Pick<FoundOut, 'system' | 'address' | 'chainId'>> {
  const known = given === undefined ? found.address : undefined
  const question = {
    flag: '--address',
    given,
    expected: 'the address of the contract that governs',
    asks: `Address of the contract that governs${found.hasForks === true ? `, or ${forks} to compare those of your nodes` : ''}`,
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

/** @throws ConfigError where the node does not tell its forks. */
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
 * A URL that was given, with its variables filled in. One that holds a secret and is the value of a variable, as where
 * the shell has put it there, is written as that variable.
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
