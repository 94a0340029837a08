import { isOpen, type Proposal } from '../../../domain/proposals/proposal.js'
import { asking, type AskPath, type Rest } from '../cosmosSdk/rest.js'
import type { SignalContext } from './context.js'
import type { ScheduledSwitch, SignalTally } from './decode.js'
import { readScheduled, readTally } from './questions.js'
import { toProposal } from './toProposal.js'
import type { SignalStatus } from './visit.js'

/** What x/signal reports at one moment. */
export interface Snapshot {
  readonly scheduled: ScheduledSwitch | undefined
  readonly tallies: ReadonlyMap<bigint, SignalTally>
  readonly warnings: readonly string[]
}

// How many of the next versions are requested, because a later version can be signalled too. Each costs a small
// request.
const ahead = 2
const mostAsked = 8

/**
 * Reads what is scheduled, and the signals for the next versions and those in `also`.
 *
 * @param ask - How to request signals. @defaultValue a request whose failure throws
 */
export async function readSnapshot(
  rest: Rest,
  status: Pick<SignalStatus, 'running' | 'head'>,
  also: readonly bigint[] = [],
  ask: AskPath = asking(rest),
): Promise<Snapshot> {
  const { running } = status
  const scheduled = await readScheduled(rest, status)
  const next = Array.from({ length: ahead }, (_, index) => running + BigInt(index) + 1n)
  const wanted = [...(scheduled === undefined ? [] : [scheduled.version]), ...next, ...also]
  const versions = [...new Set(wanted)].filter((version) => version > running).slice(0, mostAsked)
  const answers = await Promise.all(
    versions.map(async (version) => ({ version, tally: await readTally(rest, version, ask) })),
  )
  return {
    scheduled,
    tallies: new Map(answers.flatMap(({ version, tally }) => (typeof tally === 'string' ? [] : [[version, tally]]))),
    warnings: answers.flatMap(({ tally }) => (typeof tally === 'string' ? [tally] : [])),
  }
}

/** The versions that are signalled, scheduled, or open since an earlier reading, in ascending order. */
export function proposalsIn(
  { scheduled, tallies }: Pick<Snapshot, 'scheduled' | 'tallies'>,
  { head, running }: Pick<SignalStatus, 'head' | 'running'>,
  known: ReadonlyMap<bigint, Proposal>,
  context: SignalContext,
): readonly Proposal[] {
  const signalled = [...tallies].flatMap(([version, tally]) => (tally.signalled > 0n ? [version] : []))
  const open = [...known].flatMap(([version, proposal]) => (isOpen(proposal) ? [version] : []))
  // A server that is behind may still report a switch that has already happened.
  const pending = scheduled !== undefined && scheduled.version > running ? [scheduled.version] : []
  return [...new Set([...pending, ...signalled, ...open])]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((version) =>
      toProposal(
        { version, running, scheduled, tally: tallies.get(version), before: known.get(version), at: head.number },
        context,
      ),
    )
}
