import { decodeEventLog, parseAbi, toEventSelector } from 'viem'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { SourceLog } from '../../rpc/logs/checkLogs.js'
import { readLogs } from '../../rpc/logs/readLogs.js'
import type { BlockRange } from '../../rpc/logs/suggestedRange.js'
import type { ChainClient } from '../evm/context.js'

const inapplicable = parseAbi(['event NotApplicable(uint256 indexed ballotId, string reason)'])
const topics = inapplicable.map((event) => toEventSelector(event))

const maxReason = 160

export interface Inapplicable {
  /** The proposals whose ballot was accepted but changed nothing, with the reason. */
  readonly proposals: readonly Proposal[]
  readonly warnings: readonly string[]
}

/**
 * Finds the ballots accepted within `range` that changed nothing. Only an event says so, which costs one request. If
 * the node does not return its logs, this stays unknown and a warning is added.
 */
export async function readInapplicable(
  { client, host }: ChainClient,
  gov: string,
  accepted: readonly Proposal[],
  range: BlockRange,
): Promise<Inapplicable> {
  try {
    const logs = await readLogs(client, { addresses: new Set([gov.toLowerCase()]), topics, host, ...range })
    const reasons = new Map(logs.flatMap(reasonIn))
    return {
      proposals: accepted.flatMap((proposal) => {
        const reason = reasons.get(proposal.id)
        return reason === undefined ? [] : [{ ...proposal, skipped: `Nothing was done: ${reason}.` }]
      }),
      warnings: [],
    }
  } catch {
    const ids = accepted.map(({ id }) => id).join(', ')
    return {
      proposals: [],
      warnings: [
        `${host} did not give the logs of ${gov}: whether the accepted ballot ${ids} changed anything is not known.`,
      ],
    }
  }
}

function reasonIn({ topics: [topic, ...rest], data }: SourceLog): readonly (readonly [string, string])[] {
  if (topic === undefined) return []
  try {
    const { args } = decodeEventLog({ abi: inapplicable, topics: [topic, ...rest], data })
    return [[args.ballotId.toString(), cleanLine(args.reason, maxReason).replace(/\.$/, '') || 'not applicable']]
  } catch {
    return []
  }
}
