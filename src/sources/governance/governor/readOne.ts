import { SourceError } from '../../../domain/errors.js'
import { keyOf, type Proposal, type ProposalRef } from '../../../domain/proposals/proposal.js'
import type { Endpoint } from '../../rpc/createEndpoints.js'
import { readBlock } from '../../readHead.js'
import { arrive } from '../evm/arrive.js'
import { readWindow } from '../evm/readWindow.js'
import { askAll } from './askAll.js'
import { decodeGovernorLog, governorTopics } from './decodeGovernorLog.js'
import { foldEvents } from './foldEvents.js'
import type { GovernorContext, Memory } from './GovernorContext.js'
import { prepareGovernors } from './governorSystem.js'
import { type Draft, inquire, newDraft, settleAnswers } from './settle.js'
import { settleDoubts } from './settleAll.js'
import { believable } from './vouch.js'

/** One proposal as it is at the target, its text taken from block `near`, which it was submitted in. */
export async function readOne(
  endpoint: Endpoint,
  ref: ProposalRef,
  near: bigint,
  signal: AbortSignal,
  context: GovernorContext,
  memory: Memory,
): Promise<Proposal | undefined> {
  const { chain, addresses, describe } = context
  const { place, target } = await arrive(
    endpoint,
    undefined,
    signal,
    prepareGovernors(context, memory),
    context,
    memory,
  )
  if (near > target.number) return undefined
  const filter = { addresses: new Set(addresses.map((address) => address.toLowerCase())), topics: governorTopics }
  const { logs } = await readWindow(place, { filter, from: near, to: near, calls: [], headers: [] })
  const decoded = logs.map(decodeGovernorLog).filter((event) => typeof event !== 'string')
  const { events } = believable(decoded, memory.rules, place)
  const { proposals, created } = foldEvents(new Map(), events, {
    chain,
    rules: memory.rules,
    describe,
    withVotes: false,
  })
  const found = proposals.get(keyOf(ref))
  if (found === undefined) return undefined

  const draft: Draft = {
    ...newDraft([[keyOf(ref), found]]),
    created: new Map([...created].filter(([key]) => key === keyOf(ref))),
  }
  const clock = { number: target.number, timestamp: target.head.timestamp }
  const inquiries = inquire([found], memory.rules, clock, () => true, new Set())
  const [answers, block] = await Promise.all([
    askAll(place.client, inquiries, target.number),
    readBlock(place.client, target.number, place.host),
  ])
  if (target.hash !== undefined && block?.hash !== target.hash) {
    throw new SourceError('transient', `${chain} moved while block ${target.number} was read at ${place.host}.`)
  }
  settleAnswers(draft, inquiries, answers, memory.rules)
  await settleDoubts(place, draft, memory.rules, {
    at: { number: target.number, hash: block?.hash },
    last: true,
    initial: false,
  })
  return draft.proposals.get(keyOf(ref))
}
