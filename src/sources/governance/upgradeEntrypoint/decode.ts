import { decodeEventLog, parseAbi, toEventSelector } from 'viem'
import type { ProposalOrigin } from '../../../domain/proposals/proposal.js'
import type { SourceLog } from '../../rpc/logs/checkLogs.js'
import { undecodableLog } from '../../rpc/logs/undecodableLog.js'

/** The events with which chains announce and cancel an upgrade. No argument is indexed. */
const entrypointEvents = parseAbi([
  'event SoftwareUpgrade(string name, int64 height, string info)',
  'event PlanUpgrade(string name, uint64 height, string info)',
  'event CancelUpgrade()',
])

/** The first topic of every event that is read. */
export const entrypointTopics: readonly `0x${string}`[] = entrypointEvents.map((event) => toEventSelector(event))

/** A decoded log of an upgrade entrypoint. `contract` is in lower case; texts are raw. */
export type EntrypointEvent = { readonly contract: string; readonly origin: ProposalOrigin } & (
  | { readonly type: 'announced'; readonly name: string; readonly height: bigint; readonly info: string }
  | { readonly type: 'cancelled' }
)

/** Decodes one log, or returns a sentence that says why it cannot. Never throws, because logs are hostile input. */
export function decodeEntrypointLog(log: SourceLog): EntrypointEvent | string {
  const { address, data, block, blockHash, index } = log
  const [topic, ...rest] = log.topics
  const position = { contract: address, origin: { block, hash: blockHash, index } }
  if (topic === undefined) return refusalOf(log)
  try {
    const { eventName, args } = decodeEventLog({ abi: entrypointEvents, topics: [topic, ...rest], data })
    if (eventName === 'CancelUpgrade') return { ...position, type: 'cancelled' }
    const { name, height, info } = args
    return { ...position, type: 'announced', name, height, info }
  } catch {
    return refusalOf(log)
  }
}

function refusalOf(log: SourceLog): string {
  return `${undecodableLog(log)} It may announce an upgrade.`
}
