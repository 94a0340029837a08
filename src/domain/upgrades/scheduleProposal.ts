import { defined } from '../defined.js'
import { type BlockTime, etaOf } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import { canonical } from '../text/json.js'
import { checkPlan } from '../plans/checkPlan.js'
import { durationText } from '../text/time.js'
import { isLongPast } from '../blocks/lateness.js'
import { isHeldAlready, isHeldByChain, refusals, remarksOn } from '../plans/heldPlan.js'
import { validatePlan, planProblems } from '../plans/validatePlan.js'
import type { Occupied } from './occupied.js'
import type { Plan, PlanFinding } from '../plans/plan.js'
import { isActive, keyOf, type Proposal, type ProposalKey } from '../proposals/proposal.js'
import type { Scheduling } from './scheduling.js'
import { isBlocked, type Upgrade, type UpgradeMove } from './upgrade.js'

export interface ScheduleContext {
  readonly head: Head
  readonly hostTime: number
  readonly watched?: { readonly head: bigint; readonly time: number }
  readonly blockTime?: BlockTime
  /** The upgrades by name and height, where there is such an index. */
  readonly occupied?: Occupied
}

/**
 * What a proposal as it stands does to the upgrades: notes, schedules, changes, refuses or cancels its own. Asked again
 * with nothing new, it does nothing.
 */
export function scheduleProposal(
  proposal: Proposal,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  context: ScheduleContext,
  options: Scheduling,
): readonly UpgradeMove[] {
  const known = upgrades.get(keyOf(proposal))
  const time = context.head.timestamp
  // An answer that is not understood is not the last answer, and no withdrawal either.
  if (proposal.notUnderstood !== undefined) return []
  const finding = options.findPlan(proposal)
  // A reorg may also take back that it passed.
  if (!isSchedulable(proposal, options)) {
    if (isWaiting(known)) return [cancel(known, `The proposal is ${proposal.status}.`, time)]
    return isUndecided(proposal) ? notePending(proposal, finding, known, context, options) : drop(known, time)
  }
  if (finding === undefined) {
    return isWaiting(known) ? [cancel(known, 'The proposal no longer carries a plan.', time)] : drop(known, time)
  }
  const { plan, withdrawn, applied } = finding
  if (applied !== undefined) return carriedOut(upgradeOf(proposal, finding, known), known, applied, context)
  if (withdrawn !== undefined) return isWaiting(known) ? [cancel(known, withdrawn, time)] : drop(known, time)
  // What a Cosmos chain may not have begins nothing; what waits already goes on waiting, and elsewhere is told as held back.
  if (finding.unsure !== undefined && proposal.system === 'cosmos' && !isWaiting(known)) return []
  const isSame = known !== undefined && carries(known, plan)
  const isUnsound = (): boolean =>
    known?.status === 'scheduled' && known.held !== true && refusals(proposal, finding, options).length > 0
  if (known !== undefined && !mayChange(known, isSame) && !isUnsound()) return []
  return decide(proposal, finding, { known, isSame, upgrades }, context, options)
}

interface Standing {
  readonly known: Upgrade | undefined
  readonly isSame: boolean
  readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
}

/** Schedules a plan that passed, or says why not. */
function decide(
  proposal: Proposal,
  finding: PlanFinding,
  { known, isSame, upgrades }: Standing,
  context: ScheduleContext,
  options: Scheduling,
): readonly UpgradeMove[] {
  const { head, hostTime, watched, blockTime, occupied } = context
  const { plan } = finding
  const time = head.timestamp
  const isHeld = isHeldByChain(proposal, finding)
  // The chain has one place for a plan: whoever asked for it, it is the same one.
  if (isHeld && isHeldAlready(plan, occupied, keyOf(proposal))) return []
  const remarks = remarksOn(proposal, finding, options)
  const votedUntil = proposal.clock === 'block' && proposal.foreignClock !== true ? proposal.votingEnd : undefined
  const key = keyOf(proposal)
  const reasons = validatePlan(
    finding,
    { key, upgrades, occupied, head, blockTime, hostTime, watched, votedUntil, remarks, isHeld },
    options,
  )
  const base = upgradeOf(proposal, finding, known)
  if (reasons.length > 0) {
    // A chain that holds a plan does not go past its height without carrying it out.
    const isOver = isHeld && Number.isSafeInteger(plan.height) && plan.height > 0 && BigInt(plan.height) < head.number
    if (watched === undefined && (isOver || isLongBehind(plan, context, options)))
      return [{ type: 'past', upgrade: { ...base, status: 'past', completedAt: time, reasons }, time, silent: true }]
    if (isSame && known?.status === 'refused' && known.crowded !== true) return []
    const silent = watched === undefined && isHistory(proposal, plan)
    const refused: Upgrade = { ...base, status: 'refused', completedAt: time, reasons }
    return [
      {
        type: 'refused',
        upgrade: refused,
        time,
        silent,
        ...(known !== undefined && known.status !== 'pending' && { before: known }),
      },
    ]
  }
  const isWriting = options.when !== 'never'
  const profile = options.profile === undefined ? {} : { profile: options.profile }
  // What does not stand in the way but wants looking at: a missing checksum, a directory of another name.
  const warnings = [...checkPlan(plan, profile).warnings, ...(isWriting ? hurry(plan, context, options) : [])]
  const upgrade: Upgrade = {
    ...base,
    ...(isHeld && { held: true }),
    ...(isWriting && remarks.length > 0 && { unwritten: true }),
    status: 'scheduled',
    scheduledAt: known?.scheduledAt ?? time,
    noticedAt: known?.noticedAt ?? hostTime,
    reasons: [...returned(known), ...remarks, ...warnings],
  }
  const before = known?.status === 'scheduled' ? { before: known } : {}
  const scheduled: UpgradeMove = {
    type: known?.status === 'scheduled' ? 'rescheduled' : 'scheduled',
    upgrade,
    time,
    silent: false,
    ...before,
  }
  // People rely on the file: that there will be none is told by itself.
  return upgrade.unwritten === true ? [scheduled, { type: 'refused', upgrade, time, silent: false }] : [scheduled]
}

/** True where the status lets the plan of a proposal become an upgrade. */
export function isSchedulable(proposal: Proposal, { scheduleOn }: Pick<Scheduling, 'scheduleOn'>): boolean {
  return proposal.notUnderstood === undefined && hasPassed(proposal, scheduleOn)
}

function hasPassed(proposal: Proposal, scheduleOn: Scheduling['scheduleOn']): boolean {
  return (
    isExecuted(proposal) || (scheduleOn === 'passed' && (proposal.status === 'passed' || proposal.status === 'queued'))
  )
}

function upgradeOf(
  proposal: Proposal,
  { plan, origin }: PlanFinding,
  known: Upgrade | undefined,
): Omit<Upgrade, 'status'> {
  return {
    key: keyOf(proposal),
    chain: proposal.chain,
    contract: proposal.contract,
    proposalId: proposal.id,
    name: plan.name,
    height: plan.height,
    ...defined({ info: plan.info }),
    origin,
    reasons: [],
    round: known?.status === 'pending' ? known.round : (known?.round ?? 0) + 1,
    reminded: [],
  }
}

function isExecuted({ status, carriedOut: isDone }: Proposal): boolean {
  return status === 'executed' || (status === 'passed' && isDone === true)
}

/** Its vote runs, or it waits for the execution that `scheduleOn` asks for. */
function isUndecided(proposal: Proposal): boolean {
  return isActive(proposal) || proposal.status === 'passed' || proposal.status === 'queued'
}

/** A plan in the vote is shown to people before it can become an upgrade; nobody is told. */
function notePending(
  proposal: Proposal,
  finding: PlanFinding | undefined,
  known: Upgrade | undefined,
  { head }: ScheduleContext,
  options: Scheduling,
): readonly UpgradeMove[] {
  if (finding === undefined || finding.withdrawn !== undefined) return drop(known, head.timestamp)
  if (known !== undefined && (known.status !== 'pending' || carries(known, finding.plan))) return []
  const pending: Upgrade = {
    ...upgradeOf(proposal, finding, known),
    status: 'pending',
    reasons: planProblems(finding, options),
  }
  return [{ type: 'pending', upgrade: pending, time: head.timestamp, silent: true }]
}

function drop(known: Upgrade | undefined, time: bigint): readonly UpgradeMove[] {
  return known?.status === 'pending' ? [{ type: 'dropped', upgrade: known, time, silent: true }] : []
}

/** The chain says that it carried the plan out: whatever was thought of it, it is done. */
function carriedOut(
  base: Omit<Upgrade, 'status'>,
  known: Upgrade | undefined,
  applied: bigint,
  { head, watched }: ScheduleContext,
): readonly UpgradeMove[] {
  const time = head.timestamp
  const isNew = known === undefined || known.status === 'pending'
  // What was never seen to wait, and was carried out at a block that was read before, was over at the first look: only no server had said so.
  const wasOver = watched === undefined || (known === undefined && applied <= watched.head)
  if (isNew ? wasOver : known.status === 'refused' && known.scheduledAt === undefined && !isBlocked(known)) {
    return [{ type: 'past', upgrade: { ...base, status: 'past', completedAt: time }, time, silent: true }]
  }
  if (known?.status === 'completed' || known?.status === 'past' || known?.withdrawn === true) return []
  const { blocked: _blocked, ...open } = isNew ? base : known
  const oldVersion = open.evidence?.nodeVersion
  // The switch came between two polls.
  const triggered: readonly UpgradeMove[] =
    known?.status === 'scheduled'
      ? [
          {
            type: 'triggered',
            upgrade: { ...known, status: 'in_progress', triggeredAt: time, reasons: [] },
            time,
            silent: false,
          },
        ]
      : []
  return [
    ...triggered,
    {
      type: 'completed',
      upgrade: { ...open, triggeredAt: open.triggeredAt ?? time, status: 'completed', completedAt: time, reasons: [] },
      time,
      silent: false,
      seen: { evidence: 'chain_applied', ...defined({ oldVersion }) },
    },
  ]
}

/**
 * A waiting or refused upgrade follows its plan; a cancelled one comes back with its proposal; the others are
 * history. What was refused at sight is judged anew, for a conflict may go away; what was refused for coming too
 * late was so for good, and what the file holds up is asked for again (`dueUpgrades`).
 */
function mayChange({ status, scheduledAt }: Upgrade, isSame: boolean): boolean {
  if (status === 'cancelled' || status === 'pending') return true
  return isSame
    ? status === 'refused' && scheduledAt === undefined
    : status === 'scheduled' || status === 'refused' || status === 'past'
}

function carries({ name, height, info }: Upgrade, plan: Plan): boolean {
  return (
    name === plan.name &&
    // A height that is no number is kept as one that equals nothing.
    Object.is(height, plan.height) &&
    (info === plan.info || canonical(info ?? null) === canonical(plan.info ?? null))
  )
}

/** The chain has left the height far behind. */
function isLongBehind({ height }: Plan, context: ScheduleContext, { lateLimit }: Scheduling): boolean {
  return Number.isSafeInteger(height) && height > 0 && isLongPast(BigInt(height), context, lateLimit)
}

/** There is no height to come, and the proposal was carried out: nothing is left to happen. */
function isHistory(proposal: Proposal, { height }: Plan): boolean {
  return !(Number.isSafeInteger(height) && height > 0) && isExecuted(proposal)
}

function returned(known: Upgrade | undefined): readonly string[] {
  return known?.status === 'cancelled' ? ['It was called off before, and is back.'] : []
}

/** The operator's own delay may hold up the file beyond the height: better said while there is time. */
function hurry(
  { height }: Plan,
  { head, blockTime }: ScheduleContext,
  { minUpgradeDelay }: Scheduling,
): readonly string[] {
  const eta = blockTime === undefined ? undefined : etaOf(BigInt(height), head, blockTime)
  if (eta === undefined || Number(eta - head.timestamp) * 1000 >= minUpgradeDelay) return []
  return [
    `The height comes before minUpgradeDelay (${durationText(Math.round(minUpgradeDelay / 1000))}) is over: the file is written only then.`,
  ]
}

function isWaiting(known: Upgrade | undefined): known is Upgrade {
  return known !== undefined && (known.status === 'scheduled' || isBlocked(known))
}

function cancel(known: Upgrade, reason: string, time: bigint): UpgradeMove {
  // Of one that the file held up, people know already that nothing is written.
  return {
    type: 'cancelled',
    upgrade: { ...known, status: 'cancelled', completedAt: time, reasons: [reason] },
    time,
    silent: isBlocked(known),
    before: known,
  }
}
