import { reasonOf, ConfigError, SourceError } from '../../domain/errors.js'
import { findDeployment } from '../../sources/findDeployment.js'
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
 * The block to read the history of a contract from: the one it was deployed in. Where the node does not know that, the
 * oldest block it can read: a later one could leave out a vote that is still open.
 *
 * @throws ConfigError for a block that is none.
 */
export async function findHistory(
  options: InitOptions,
  talk: Interview,
  { url, address, signal }: Contract,
): Promise<NonNullable<FirstConfig['history']>> {
  const { fromBlock: given } = options
  if (given !== undefined) return { fromBlock: blockIn(given), why: 'The history is read from this block on.' }
  const known = await search({ url, address, signal })
  talk.say(known.said)
  if (known.isSure) return known
  const question = {
    flag: '--from-block',
    expected: 'a block',
    asks: 'Block of the deployment, as an explorer tells it',
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

async function search({ url, address, signal }: Contract): Promise<Known> {
  try {
    const found = await findDeployment({ ...reachUrl(url), address, signal })
    if (found.kind === 'found')
      return {
        isSure: true,
        fromBlock: found.block,
        said: found.block === 0n ? 'It is there since the genesis.' : `It was deployed in block ${found.block}.`,
        why: 'The block in which the contract was deployed.',
      }
    return {
      isSure: false,
      fromBlock: found.blocksFrom,
      said: `When it was deployed this node cannot say: it keeps states from block ${found.statesFrom} on, and the contract is older. Blocks it can read from ${found.blocksFrom} on.`,
      why: 'The oldest block that the node can read; it keeps no state that tells when the contract was deployed. The block of the deployment makes the first reading shorter.',
    }
  } catch (error) {
    if (!(error instanceof SourceError) || signal.aborted) throw error
    return {
      isSure: false,
      fromBlock: 0n,
      said: `When it was deployed could not be found out: ${reasonOf(error)}`,
      why: 'When the contract was deployed could not be found out. The block of the deployment makes the first reading shorter.',
    }
  }
}

function blockIn(text: string): bigint {
  if (/^\d{1,15}$/.test(text)) return BigInt(text)
  throw new ConfigError([{ path: '--from-block', message: 'expected the number of a block' }])
}
