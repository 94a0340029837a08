import { reasonOf, ConfigError, SourceError } from '../../domain/errors.js'
import { amountText, countText } from '../../domain/notifications/phrases.js'
import { findDeployment, type Narrowed } from '../../sources/findDeployment.js'
import { reachUrl } from '../reachUrl.js'
import type { FirstConfig } from './renderConfig.js'
import type { InitOptions } from './InitOptions.js'
import type { Interview } from './interview.js'

interface Contract {
  readonly url: string
  readonly address: string
  readonly signal: AbortSignal
}

/**
 * Finds the block from which to read the history of a contract: its deployment. If the node does not know that, it is
 * the oldest block that the node can read, because a later one could miss a vote that is still open.
 *
 * @throws ConfigError if a given block is not a block number.
 */
export async function findHistory(
  options: InitOptions,
  talk: Interview,
  { url, address, signal }: Contract,
): Promise<NonNullable<FirstConfig['history']>> {
  const { fromBlock: given } = options
  if (given !== undefined) return { fromBlock: blockIn(given), why: 'The history is read from this block on.' }
  talk.say('Looking for the block in which it was deployed.')
  const known = await talk.during((show) => search({ url, address, signal }, (within) => show(narrowedText(within))))
  talk.say(known.said)
  if (known.isSure) return known
  const question = {
    flag: '--from-block',
    expected: 'a block',
    asks: 'Block of the deployment, as shown by an explorer',
    fallback: String(known.fromBlock),
  }
  return talk.answer(question, (text) => {
    const fromBlock = blockIn(text)
    return {
      fromBlock,
      why: fromBlock === known.fromBlock ? known.why : 'The block in which the contract was deployed.',
    }
  })
}

interface Known extends NonNullable<FirstConfig['history']> {
  readonly said: string
  readonly isSure: boolean
}

async function search({ url, address, signal }: Contract, onNarrowed: (within: Narrowed) => void): Promise<Known> {
  try {
    const found = await findDeployment({ ...reachUrl(url), address, signal, onNarrowed })
    if (found.kind === 'found')
      return {
        isSure: true,
        fromBlock: found.block,
        said:
          found.block === 0n ? 'It is there since the genesis.' : `It was deployed in block ${countText(found.block)}.`,
        why: 'The block in which the contract was deployed.',
      }
    return {
      isSure: false,
      fromBlock: found.blocksFrom,
      said: `This node cannot say when it was deployed: it keeps states from block ${countText(found.statesFrom)} on, and the contract is older. Blocks it can read from ${countText(found.blocksFrom)} on.`,
      why: 'The oldest block that the node can read; its states do not go back to the deployment. Setting the block of the deployment makes the first reading shorter.',
    }
  } catch (error) {
    if (!(error instanceof SourceError) || signal.aborted) throw error
    return {
      isSure: false,
      fromBlock: 0n,
      said: `The block of the deployment could not be found: ${reasonOf(error)}`,
      why: 'The block in which the contract was deployed could not be found. Setting it makes the first reading shorter.',
    }
  }
}

/** Describes the progress of a binary search; each step is one answer of the node. */
function narrowedText({ after, until }: Narrowed): string {
  const steps = (until - after - 1n).toString(2).length
  return `between block ${countText(after)} and ${countText(until)}: about ${amountText(steps, 'step')} left`
}

function blockIn(text: string): bigint {
  if (/^\d{1,15}$/.test(text)) return BigInt(text)
  throw new ConfigError([{ path: '--from-block', message: 'expected the number of a block' }])
}
