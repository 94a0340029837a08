import type { Head } from '../../../domain/blocks/head.js'
import { keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import { withPlanStanding } from '../../../domain/proposals/withPlanStanding.js'
import type { GoodReading } from '../../../domain/reading.js'
import { defined } from '../../../domain/defined.js'
import { addCheckpoint, type Checkpoint, placeholderHash } from '../cosmosSdk/checkpoints.js'
import { doubtsAfter } from '../cosmosSdk/doubts.js'
import type { AskedCancellers } from './cancellers.js'
import { cancelPlans, verdictsOf } from './cancelledPlans.js'
import { type Cursor, formatCursor } from './cursor.js'
import type { NodeStatus } from './decode.js'
import { heldBack } from './heldBack.js'
import type { DecodedList } from './lists.js'
import type { SecondLook } from './lookUp.js'
import type { WemixvisorReaderOptions, Unreadable } from './context.js'
import { contract } from './toProposal.js'
import { type Unlisted, unreadIn } from './unlisted.js'

/** The results of the requests to a node. */
export interface Findings {
  readonly status: NodeStatus
  readonly head: Head
  /** `stored` is the cursor of the last reading. `cursor` is the same, or `undefined` if its head never existed. */
  readonly stored: Cursor | undefined
  readonly cursor: Cursor | undefined
  readonly open: readonly Proposal[]
  readonly listed: DecodedList
  readonly followed: DecodedList
  readonly unlisted: Unlisted
  readonly canceling: AskedCancellers
  readonly doubtful: readonly Unreadable[]
  /** Proposals that an outdated answer reverts or may have opened again; they are in no list. */
  readonly outdatedIds: ReadonlySet<string>
  readonly lastId: bigint | undefined
  readonly found: SecondLook
  readonly network: string | undefined
}

/** Makes the reading of what a node told. */
export function toReading(findings: Findings, { chain, now }: WemixvisorReaderOptions): GoodReading {
  const { status, head, stored, cursor, open, listed, followed, unlisted, canceling, doubtful, found, network } =
    findings
  const { retracted, absent } = unlisted
  const { block, sample } = found
  const known = cursor?.head
  const previous = known !== undefined && known.number < head.number ? known : sample
  const kept = network ?? stored?.network
  const wereOff = stored?.calledOff ?? []
  const read = [...listed.decoded.values(), ...followed.decoded.values()]
  const unread = unreadIn(
    open.filter(({ id }) => !retracted.some((proposal) => proposal.id === id)),
    [...listed.entries, ...followed.entries],
    new Set(read.map(({ proposal: { id } }) => id)),
    status.height,
  )
  const denied = canceling.absent.filter((id) => !read.some(({ proposal }) => proposal.id === id))
  const gone = [...new Set([...retracted.map(({ id }) => id), ...canceling.gone])]
  const calledOff = cancelPlans(wereOff, [...read, ...unread.before], new Set(gone))
  const isOff = (id: string): boolean => calledOff.some((one) => one.id === id)
  const standings = [
    ...verdictsOf(chain, wereOff, calledOff),
    ...heldBack(doubtful, [...read, ...unread.before], open, isOff),
  ]
  return {
    ok: true,
    chain,
    readAt: now(),
    head,
    at: head,
    ...(previous !== undefined && previous.timestamp <= head.timestamp && { previous }),
    proposals: [...read.map(({ proposal }) => proposal), ...unread.garbled].map((proposal) =>
      standings.filter(({ key }) => key === keyOf(proposal)).reduce(withPlanStanding, proposal),
    ),
    votes: [],
    retracted: gone.map((id) => keyOf({ chain, contract, id })),
    standings,
    backlog: 0n,
    cursor: formatCursor({
      head,
      checkpoints:
        cursor !== undefined && head === cursor.head
          ? cursor.checkpoints
          : addCheckpoint(checkpointsBelow(head, stored, found), {
              number: head.number,
              hash: block.hash ?? placeholderHash(head.number),
            }),
      ...defined({ network: kept }),
      absent: doubtsAfter(stored?.absent, [...absent, ...denied, ...findings.outdatedIds], head),
      calledOff,
      ...defined({ lastId: findings.lastId }),
    }),
    warnings: [...new Set([...listed.warnings, ...followed.warnings])],
  }
}

/**
 * The checkpoints below the head. The first one is an old block: the blocks after it may all have been invented by one
 * node, and then every other node would look like one of another chain.
 */
function checkpointsBelow({ number }: Head, stored: Cursor | undefined, { first }: SecondLook): readonly Checkpoint[] {
  const kept = (stored?.checkpoints ?? []).filter((checkpoint) => checkpoint.number < number)
  return kept.length === 0 && first !== undefined ? [first] : kept
}
