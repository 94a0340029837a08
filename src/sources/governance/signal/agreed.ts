import { firstValueFrom, merge } from 'rxjs'
import { SourceError } from '../../../domain/errors.js'
import { nothingHeard, quorum } from '../../agreement/quorum.js'
import { stopped } from '../../fromAbortable.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { timeLimit } from '../../timeLimit.js'
import { readAppVersion } from '../cosmosSdk/cometBft.js'

// Maximum wait for a server, in milliseconds, because a reading waits for it.
const limitMs = 3_000

/** What is asked of several servers, and how many of them must give the same answer. */
interface Question {
  readonly servers: readonly HttpEndpoint[]
  readonly needed: number
  readonly signal: AbortSignal
}

/** Asks all servers at once; returns the answer that enough of them give, and `undefined` if they do not agree. */
export async function agreedAnswer(
  { servers, needed, signal }: Question,
  ask: (server: HttpEndpoint, signal: AbortSignal) => Promise<string>,
): Promise<string | undefined> {
  const verdict$ = quorum(servers, needed, async (server, outer) => {
    const limit = timeLimit(outer, limitMs)
    const value = await ask(server, limit.signal).finally(limit.end)
    return { type: 'yes', value, host: server.host }
  })
  const stopped$ = stopped(signal, 'The servers were not asked to the end.')
  const { value } = await firstValueFrom(merge(verdict$, stopped$), { defaultValue: nothingHeard })
  return value
}

/**
 * Returns the version of a block, as enough nodes report it: a version that one node invents would end what is
 * signalled and scheduled.
 *
 * @throws SourceError, transient, if they do not agree.
 */
export async function agreedVersion(question: Question, height: bigint, chain: string): Promise<bigint> {
  const { needed } = question
  const version = await agreedAnswer(question, async (node, signal) =>
    (await readAppVersion(node, height, chain, signal)).toString(),
  )
  if (version !== undefined) return BigInt(version)
  throw new SourceError(
    'transient',
    `Fewer than ${needed} nodes of ${chain} report the same application version of block ${height}.`,
  )
}
