import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { HttpJsonResponse } from '../../http/requestJson.js'
import { isPlaceholder } from './checkpoints.js'
import { type NodeStatus, readBlockAt } from './cometBft.js'
import { refused, toldHeights } from './rest.js'
import { nodeInfoPath } from './verifyServer.js'
import { integerOf } from './scalars.js'

/** Two servers that present a past block as the latest one. */
export interface PastServers {
  readonly rpc: HttpEndpoint
  readonly rest: HttpEndpoint
  /**
   * Makes a past block the latest one.
   *
   * @param expected - The id of the chain. If absent, the id in the first block counts.
   * @throws SourceError if the node does not have the block, or the REST server has no state of it or returns the
   *   current state.
   */
  readonly moveTo: (height: bigint, expected: string | undefined, signal: AbortSignal) => Promise<Head>
  /** Returns the first error of a request so far, if any, because a reading may continue without some answers. */
  readonly gap: () => SourceError | undefined
}

interface Servers {
  readonly chain: string
  /** A CometBFT server: heights and times. */
  readonly rpc: HttpEndpoint
  /** A REST server: the state after a block. */
  readonly rest: HttpEndpoint
}

const currentPlanPath = '/cosmos/upgrade/v1beta1/current_plan'

/**
 * Opens the past of a chain, block by block in ascending order.
 *
 * At the height of a plan the nodes of that time halted: they had that block, and the state after the block before. A
 * node of today also has the state after the plan's block, which the next version computed; that state is shown only
 * with the next block.
 */
export function openPastServers({ chain, rpc, rest }: Servers): PastServers {
  let newest: Newest | undefined
  let known: KnownPlan | undefined
  let gap: SourceError | undefined
  const chosen = (): Newest => {
    if (newest === undefined) throw new SourceError('permanent', `No block of ${chain} has been chosen yet.`)
    return newest
  }
  const stateAt = (height: () => bigint): HttpEndpoint => pastRest(rest, chain, height)
  const state = stateAt(() => chosen().stateHeight)
  return {
    rpc: pastCometBft(rpc, chosen),
    rest: {
      host: rest.host,
      async get(path, ...asked) {
        const { stateHeight } = chosen()
        const answer = await state.get(path, ...asked).catch((cause: unknown) => {
          if (cause instanceof SourceError) gap ??= cause
          throw cause
        })
        if (path === currentPlanPath) known = { stateHeight, height: planHeightIn(answer.body) }
        return answer
      },
    },
    async moveTo(height, expected, signal) {
      const block = await readBlockAt(rpc, height, newest?.network ?? expected, chain, signal)
      if (block === undefined) throw new SourceError('transient', `The node of ${chain} has no block ${height}.`)
      // Finds out whether past state is available at all, before anything is read.
      if (newest === undefined) await stateAt(() => height).get(currentPlanPath, {}, signal)
      if (known?.stateHeight !== height - 1n)
        known = await planBefore(
          stateAt(() => height - 1n),
          chain,
          height,
          signal,
        )
      // The first block counts as the oldest, because the node prunes further between two replays.
      const earliest = newest?.earliest ?? block.head
      newest = { ...block, earliest, stateHeight: height === known.height ? height - 1n : height }
      return block.head
    },
    gap: () => gap,
  }
}

/** The height of the plan that the chain had after a block; `undefined` if it had none. */
interface KnownPlan {
  readonly stateHeight: bigint
  readonly height: bigint | undefined
}

/** Reads the plan before a block that no reading requested: for the first block, and while a long list is read. */
async function planBefore(
  before: HttpEndpoint,
  chain: string,
  height: bigint,
  signal: AbortSignal,
): Promise<KnownPlan> {
  const stateHeight = height - 1n
  // For a server, height 0 means the latest block.
  if (stateHeight === 0n) return { stateHeight, height: undefined }
  const answer = await before.get(currentPlanPath, {}, signal).catch((cause: unknown) => {
    if (!(cause instanceof SourceError) || cause.kind !== 'transient') throw cause
    throw new SourceError(
      'transient',
      `${cause.message} Without it, whether block ${height} is the height of a plan is unknown: begin one block later.`,
      { cause },
    )
  })
  if (isGood(answer)) {
    if (isJsonObject(answer.body) && (answer.body['plan'] === null || planHeightIn(answer.body) !== undefined))
      return { stateHeight, height: planHeightIn(answer.body) }
  } else if (refused(answer, before.host).type === 'unserved') return { stateHeight, height: undefined }
  throw new SourceError(
    'transient',
    `${before.host} of ${chain} does not report the upgrade that was scheduled after block ${stateHeight}: ${answer.text}`,
  )
}

interface Newest extends NodeStatus {
  readonly stateHeight: bigint
}

function planHeightIn(body: unknown): bigint | undefined {
  const plan = isJsonObject(body) ? body['plan'] : undefined
  return isJsonObject(plan) ? integerOf(plan['height']) : undefined
}

/** A CometBFT server whose status costs no request, and which does not know later blocks. */
function pastCometBft(endpoint: HttpEndpoint, newest: () => NodeStatus): HttpEndpoint {
  return {
    host: endpoint.host,
    get: (path, query, signal, own) => {
      const status = newest()
      const { number } = status.head
      if (path === '/status') return Promise.resolve(answered(200, statusBody(status)))
      const height = query['height'] === undefined ? number : integerOf(query['height'])
      return height === undefined || height > number
        ? Promise.resolve(answered(500, {}, beyondText(query['height'] ?? '', number)))
        : endpoint.get(path, { ...query, height: height.toString() }, signal, own)
    },
  }
}

function answered(status: number, body: unknown, text = ''): HttpJsonResponse {
  return { status, body, text, headers: { get: () => null } }
}

// Uses the error text of CometBFT.
function beyondText(height: string, newest: bigint): string {
  return `height ${height} must be less than or equal to the current blockchain height ${newest}`
}

function statusBody({ network, head, earliest = head }: NodeStatus): unknown {
  const sync_info = { ...blockFields('latest', head), ...blockFields('earliest', earliest), catching_up: false }
  return { result: { node_info: { network }, sync_info } }
}

function blockFields(
  which: 'latest' | 'earliest',
  { number, timestamp, hash }: Head,
): Readonly<Record<string, string>> {
  return {
    [`${which}_block_height`]: number.toString(),
    [`${which}_block_time`]: new Date(Number(timestamp) * 1000).toISOString(),
    ...(!isPlaceholder(hash) && { [`${which}_block_hash`]: hash }),
  }
}

/**
 * A REST server that is asked for its state after a past block. The version the node ran at that time is unknown.
 *
 * @throws SourceError for each answer that does not name this block, because a server that ignores the requested height
 *   returns the current state.
 */
function pastRest(endpoint: HttpEndpoint, chain: string, height: () => bigint): HttpEndpoint {
  const place = `${endpoint.host} of ${chain}`
  return {
    host: endpoint.host,
    async get(path, query, signal, own) {
      const asked = height()
      const answer = await endpoint.get(path, query, signal, { ...own, 'x-cosmos-block-height': asked.toString() })
      if (!isGood(answer) && isForgotten(answer.text))
        throw new SourceError('transient', `${place} has no state of block ${asked}: ${answer.text}`)
      if (path === nodeInfoPath) return { ...answer, body: withoutVersion(answer.body) }
      const told = toldHeights(answer)
      if (told.length > 0 && told.every((one) => one === asked)) return answer
      // A server that does not know a path, or refuses all clients, does so for every block. A refusal about the chain
      // is for one block, and a gateway that caches or uses another node may mean the current one.
      if (!isGood(answer) && told.length === 0 && refused(answer, place).type === 'unserved') return answer
      throw new SourceError('permanent', `${place} ${ignoredText(told, asked)}`)
    },
  }
}

function isGood({ status }: HttpJsonResponse): boolean {
  return status >= 200 && status <= 299
}

function ignoredText(told: readonly (bigint | undefined)[], asked: bigint): string {
  const header = 'the header x-cosmos-block-height'
  return told.length === 0
    ? `does not say which block its answer is for: it, or a proxy in front of it, may drop ${header}. Ask the node itself.`
    : `answers for block ${told.map((one) => one ?? '?').join(' and ')} where block ${asked} was asked for: it, or a proxy in front of it, drops ${header}. Ask the node itself.`
}

/**
 * True for the texts in which nodes report that the state at a height is pruned, was never there, or is not there yet.
 */
function isForgotten(text: string): boolean {
  return /failed to load state at height|version does not exist|in the future|is not available, lowest height/i.test(
    text,
  )
}

function withoutVersion(body: unknown): unknown {
  if (!isJsonObject(body)) return body
  const { application_version: _version, ...rest } = body
  return rest
}
