import { SourceError } from '../../../domain/errors.js'
import { asking, type AskPath, askRest, type Rest } from '../cosmosSdk/rest.js'
import { decodeScheduled, decodeTally, type ScheduledSwitch, type SignalTally } from './decode.js'
import type { SignalStatus } from './visit.js'

// Maximum plausible distance of a scheduled version. Chains normally advance one version at a time.
const mostAhead = 100n

/**
 * Reads what the chain has scheduled; returns `undefined` if it says that nothing is.
 *
 * @throws SourceError if the answer is not understood or impossible, or the server does not serve x/signal.
 */
export async function readScheduled(
  rest: Rest,
  status: Pick<SignalStatus, 'running' | 'head'>,
): Promise<ScheduledSwitch | undefined> {
  const answer = await askRest(rest, '/signal/v1/upgrade')
  if (answer.type === 'unserved' || answer.type === 'missing')
    throw new SourceError(
      'permanent',
      `${rest.place} does not serve x/signal: check that governance.rest is the REST (API) address of a Celestia node.`,
    )
  if (answer.type === 'broken')
    throw new SourceError('transient', `${rest.place} cannot report what is scheduled: ${answer.said}`)
  const scheduled = decodeScheduled(answer.body)
  if (scheduled === undefined)
    throw new SourceError(
      'transient',
      `${rest.place} answered with something that neither names the scheduled upgrade nor says that there is none.`,
    )
  if (scheduled === 'none') return undefined
  requirePossible(scheduled, status, rest.place)
  return scheduled
}

/**
 * Rejects a schedule that contradicts the blocks, because a wrong answer could otherwise end a scheduled switch or
 * create false versions. A schedule that has already been applied is accepted, because the server may be behind.
 *
 * @throws SourceError, transient.
 */
function requirePossible(
  { version, upgradeHeight }: ScheduledSwitch,
  { running, head }: Pick<SignalStatus, 'running' | 'head'>,
  place: string,
): void {
  const isDone = version <= running && head.number > upgradeHeight
  if (isDone || (version > running && version <= running + mostAhead)) return
  throw new SourceError(
    'transient',
    `${place} says that the chain has version ${version} scheduled after block ${upgradeHeight}, which is impossible while its blocks are of version ${running}.`,
  )
}

/** Reads the signals for a version; returns a sentence that says why if there is no usable answer. */
export async function readTally(
  rest: Rest,
  version: bigint,
  ask: AskPath = asking(rest),
): Promise<SignalTally | string> {
  const answer = await ask(`/signal/v1/tally/${version}`)
  const tally = answer.type === 'found' ? decodeTally(answer.body) : undefined
  if (tally !== undefined) return tally
  const why =
    answer.type === 'broken'
      ? answer.said
      : answer.type === 'unknown'
        ? 'it does not answer.'
        : 'the answer is not a tally.'
  return `${rest.place} does not report the signals for version ${version}: ${why}`
}
