import { isJsonObject } from '../domain/text/json.js'
import { SourceError } from '../domain/errors.js'
import { defined } from '../domain/defined.js'
import { checksummed } from './governance/evm/contracts.js'
import { askConfig } from './governance/forkConfig/node.js'
import { secondsOf } from './governance/cosmosSdk/scalars.js'
import { decodeScheduled } from './governance/signal/decode.js'
import { decodeStatus } from './governance/wemixvisorRpc/decode.js'
import { findRegistry } from './governance/wemix/contracts.js'
import { createHttpEndpoints } from './http/createHttpEndpoints.js'
import { HttpStatusError } from './http/HttpStatusError.js'
import { type Identified, identifyContract } from './identifyContract.js'
import { createJsonRpcEndpoints } from './jsonRpc/createJsonRpcEndpoints.js'
import type { JsonRpcAnswer } from './jsonRpc/matchAnswers.js'
import type { HttpClient } from '../transport/HttpClient.js'
import { createEvmEndpoints } from './rpc/createEvmEndpoints.js'
import { toSourceError } from './rpc/errors/toSourceError.js'
import { clientUntil } from './rpc/clientUntil.js'

export type { Identified } from './identifyContract.js'

export interface IdentifyOptions {
  readonly url: string
  /** A contract on the chain behind the URL. */
  readonly address?: string
  /** Maximum wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  /** @defaultValue a client of its own, without a proxy */
  readonly http?: HttpClient
  /** Removes the secrets of the URL from the text of a server. @defaultValue removes nothing */
  readonly conceal?: (text: string) => string
  readonly signal: AbortSignal
}

// Takes the place of the chain name in error messages, because the chain is not configured yet.
const chain = 'your chain'

/**
 * Finds out what an address or a URL is, and which governance system reads it.
 *
 * @throws SourceError if the URL cannot be reached or speaks no known protocol.
 */
export async function identifySystem(options: IdentifyOptions): Promise<Identified> {
  const spoken = await speakingOf(options)
  if (spoken.dialect === 'other') {
    return options.address === undefined
      ? spoken.identified
      : {
          ...spoken.identified,
          summary: `${spoken.identified.summary} There are no contracts there: leave the address out.`,
        }
  }
  const [endpoint] = createEvmEndpoints({ urls: [options.url], ...reachIn(options) })
  if (endpoint === undefined) throw new SourceError('permanent', 'There is no URL to ask.')
  const client = clientUntil(endpoint.client, options.signal)
  const where = `chain ${spoken.chainId} at ${endpoint.host}`
  try {
    const { chainId } = spoken
    if (options.address !== undefined)
      return { chainId, ...(await identifyContract(client, checksummed(options.address, where), where)) }
    const registry = await findRegistry(client, where).catch((cause: unknown) => {
      if (cause instanceof SourceError) return undefined
      throw cause
    })
    if (registry !== undefined)
      return {
        chainId,
        system: 'wemix',
        address: registry,
        summary: `This is EVM ${where}, with the WEMIX3.0 registry at ${registry}.`,
      }
    const summary = `This is EVM ${where}. Give an address as well to know what governs it.`
    // Many nodes do not support eth_config, so a failure here says nothing about the chain.
    const { config } = await askConfig(client).catch(() => ({ config: undefined }))
    return config === undefined
      ? { chainId, summary }
      : {
          chainId,
          hasForks: true,
          summary: `${summary} It reports the forks for which it is ready (eth_config); the system fork-config compares them over your nodes.`,
        }
  } catch (cause) {
    throw toSourceError(cause, chain, endpoint.host)
  }
}

type Speaking =
  { readonly dialect: 'evm'; readonly chainId: number } | { readonly dialect: 'other'; readonly identified: Identified }

async function speakingOf(options: IdentifyOptions): Promise<Speaking> {
  const { url, address, signal } = options
  const [endpoint] = createJsonRpcEndpoints({ chain, urls: [url], ...reachIn(options) })
  if (endpoint === undefined) throw new SourceError('permanent', 'There is no URL to ask.')
  try {
    const [chainId, status, params, proposals] = await endpoint.ask(
      [
        { method: 'eth_chainId' },
        { method: 'status' },
        { method: 'gov/params' },
        { method: 'gov/proposals', params: { proposal_status: 'voting' } },
      ],
      signal,
    )
    const evm = chainIdIn(chainId)
    const node = status?.ok === true ? decodeStatus(status.result) : undefined
    const isWemixvisor = params?.ok === true || proposals?.ok === true
    // A gateway may serve both protocols; then it counts as EVM if an address was given.
    if (evm !== undefined && (address !== undefined || node === undefined || !isWemixvisor))
      return { dialect: 'evm', chainId: evm }
    if (node !== undefined) {
      const place = `${endpoint.host}${node.network === undefined ? '' : `, chain ${node.network}`}, at block ${node.height}`
      return {
        dialect: 'other',
        identified: isWemixvisor
          ? {
              ...defined({ chainId: node.network }),
              system: 'wemixvisor-rpc',
              summary: `This is the JSON-RPC of wemixvisor (${place}).`,
            }
          : {
              ...defined({ chainId: node.network }),
              system: 'cosmos',
              serves: 'rpc',
              summary: `This is the RPC of CometBFT (${place}).`,
              place: 'It belongs under rpc.urls, and REST endpoints of the same chain under governance.rest.',
            },
      }
    }
  } catch (cause) {
    // A REST server rejects the POST with one of these statuses.
    if (!(cause instanceof HttpStatusError) || ![400, 404, 405, 415, 501].includes(cause.status)) throw cause
  }
  const network = await networkOfRest(options)
  if (network === undefined) {
    throw new SourceError(
      'permanent',
      `${endpoint.host} answers, but speaks neither the JSON-RPC of an EVM chain, of CometBFT or of wemixvisor, nor the REST of a Cosmos chain: check the URL.`,
    )
  }
  return { dialect: 'other', identified: await identifyRest(options, endpoint.host, network) }
}

/** Tells which system reads the REST server of a Cosmos chain. */
async function identifyRest(options: IdentifyOptions, host: string, network: string): Promise<Identified> {
  const isSignal = await servesSignals(options)
  const what = isSignal ? "whose validators signal upgrades, as Celestia's do " : ''
  const where = isSignal ? ' of the system signal' : ''
  const more = isSignal ? ' The system cosmos reads its proposals.' : ''
  return {
    system: isSignal ? 'signal' : 'cosmos',
    chainId: network,
    serves: 'rest',
    summary: `This is the REST of a Cosmos chain ${what}(${host}, chain ${network}).`,
    place: `It belongs under governance.rest${where}, and CometBFT endpoints of the same chain under rpc.urls.${more}`,
  }
}

function chainIdIn(answer: JsonRpcAnswer | undefined): number | undefined {
  const id: unknown = answer?.ok === true ? answer.result : undefined
  return typeof id === 'string' && /^0x[0-9a-f]{1,12}$/i.test(id) ? Number(id) : undefined
}

function reachIn({
  timeoutMs,
  http,
  conceal,
}: IdentifyOptions): Pick<IdentifyOptions, 'timeoutMs' | 'http' | 'conceal'> {
  return { timeoutMs, ...defined({ http, conceal }) }
}

async function networkOfRest(options: IdentifyOptions): Promise<string | undefined> {
  const body = await restAnswer('/cosmos/base/tendermint/v1beta1/blocks/latest', options)
  const block = isJsonObject(body) ? body['block'] : undefined
  const header = isJsonObject(block) ? block['header'] : undefined
  const network = isJsonObject(header) && secondsOf(header['time']) !== undefined ? header['chain_id'] : undefined
  return typeof network === 'string' && /^[\w.-]{1,64}$/.test(network) ? network : undefined
}

/** True if the chain has x/signal. */
async function servesSignals(options: IdentifyOptions): Promise<boolean> {
  return decodeScheduled(await restAnswer('/signal/v1/upgrade', options)) !== undefined
}

/** Returns the body of a successful answer; `undefined` if there is none. */
async function restAnswer(path: string, { url, signal, ...reach }: IdentifyOptions): Promise<unknown> {
  const [endpoint] = createHttpEndpoints({ chain, urls: [url], ...reachIn({ url, signal, ...reach }) })
  const answer = await endpoint?.get(path, {}, signal).catch((cause: unknown) => {
    if (cause instanceof SourceError && !signal.aborted) return undefined
    throw cause
  })
  return answer !== undefined && answer.status >= 200 && answer.status <= 299 ? answer.body : undefined
}
