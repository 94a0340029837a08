import { type OperatorFunction, scan } from 'rxjs'
import type { BlockTime } from '../domain/blockTime.js'
import type { Head } from '../domain/head.js'
import { type Judgement, judgeCompletion, type Sighting } from '../domain/judgeCompletion.js'
import { dueUpgrades } from '../domain/dueUpgrades.js'
import { isSure } from '../domain/isStillDue.js'
import { makeRoom } from '../domain/makeRoom.js'
import { noteBefore } from '../domain/noteBefore.js'
import type { Proposal, ProposalKey } from '../domain/proposal.js'
import { releaseBlocked } from '../domain/releaseBlocked.js'
import { remindersDue } from '../domain/remindersDue.js'
import { holdBack } from '../domain/holdBack.js'
import { giveUp } from '../domain/giveUp.js'
import { scheduleProposal } from '../domain/scheduleProposal.js'
import { type PlanOptions, type Scheduling, withDefaults } from '../domain/scheduling.js'
import { settleWrite } from '../domain/settleWrite.js'
import type { Upgrade, UpgradeMove, WriteOutcome } from '../domain/upgrade.js'

/** What can move an upgrade. `hostTime` is the host clock in Unix milliseconds. */
export type PlanEvent =
  /** A reading that has caught up with the chain. */
  | {
      readonly type: 'read'
      readonly head: Head
      readonly hostTime: number
      readonly proposals: ReadonlyMap<ProposalKey, Proposal>
      readonly retracted: readonly ProposalKey[]
      readonly blockTime: BlockTime
      /** The caught-up reading before this one; absent on a first sync. */
      readonly watched?: { readonly head: bigint; readonly time: number }
      readonly nodeVersion?: string
    }
  /** The node did not answer. */
  | { readonly type: 'missed'; readonly hostTime: number; readonly time: bigint }
  /** The writer has done with a due upgrade. */
  | { readonly type: 'wrote'; readonly outcome: WriteOutcome; readonly head: Head; readonly hostTime: number; readonly nodeVersion?: string }

/** The upgrades of one chain, and what the last event did to them. */
export interface PlanStep {
  readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
  readonly moves: readonly UpgradeMove[]
  /** Whose file is to be written now, lowest height first. Asked for again until a `wrote` event answers. */
  readonly due: readonly Upgrade[]
}

export const noUpgrades: PlanStep = { upgrades: new Map(), moves: [], due: [] }

/** Moves the upgrades on by one event. Depends on the state of the proposals only, not on the way they got there. */
export function stepPlan({ upgrades }: Pick<PlanStep, 'upgrades'>, event: PlanEvent, options: Scheduling): PlanStep {
  const next = new Map(upgrades)
  const moves: UpgradeMove[] = []
  const apply = (made: readonly UpgradeMove[]): void => {
    for (const move of made) {
      next.set(move.upgrade.key, move.upgrade)
      moves.push(move)
    }
  }
  if (event.type === 'wrote') {
    apply(settleWrite(next.get(event.outcome.key), event))
    return { upgrades: next, moves, due: [] }
  }
  if (event.type === 'read') {
    // What is off goes first: it must not stand in the way of what has passed.
    for (const key of event.retracted) if (!event.proposals.has(key)) apply(withdraw(next.get(key), event.head.timestamp))
    for (const proposal of inVotingOrder(event.proposals, next, options)) apply(scheduleProposal(proposal, next, event, options))
    for (const upgrade of upgrades.values()) apply(giveUp(next.get(upgrade.key), event, options))
    for (const [key, upgrade] of next) apply(holdBack(upgrade, event.proposals.get(key), event.head.timestamp))
    apply(makeRoom(next, event.head))
    apply(releaseBlocked(next, event.head, options))
  }
  const time = event.type === 'read' ? event.head.timestamp : event.time
  const sighting = sightingOf(event)
  for (const { key } of [...next.values()]) {
    if (event.type === 'read') apply(remind(next.get(key), event, options))
    const upgrade = next.get(key)
    if (upgrade?.status === 'scheduled') next.set(key, noteBefore(upgrade, sighting))
    if (upgrade?.status === 'in_progress' || upgrade?.status === 'failed') {
      const judgement = judgeCompletion(upgrade, sighting, options)
      if (judgement === undefined) continue
      next.set(key, { ...upgrade, evidence: judgement.evidence })
      apply(concluded(upgrade, judgement, time))
    }
  }
  const due = event.type === 'read' ? dueUpgrades(next, event, options).filter(({ key }) => isSure(event.proposals.get(key))) : []
  return { upgrades: sameEntries(upgrades, next) ? upgrades : next, moves, due }
}

/**
 * Emits the upgrades of one chain after each event: what is scheduled, what is due, what became of it.
 *
 * One step an event, synchronous, nothing lost. Errors and completes with its source.
 */
export function planUpgrades(options: PlanOptions = {}): OperatorFunction<PlanEvent, PlanStep> {
  const scheduling = withDefaults(options)
  return (event$) => event$.pipe(scan((step: PlanStep, event) => stepPlan(step, event, scheduling), noUpgrades))
}

function sameEntries(before: ReadonlyMap<ProposalKey, Upgrade>, after: ReadonlyMap<ProposalKey, Upgrade>): boolean {
  return before.size === after.size && [...after].every(([key, upgrade]) => before.get(key) === upgrade)
}

/** Those that may have a say: first what did not pass, or not any more, then what passed, in the order of the votes. */
function inVotingOrder(
  proposals: ReadonlyMap<ProposalKey, Proposal>,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  { findPlan }: Scheduling,
): readonly Proposal[] {
  const rank = ({ status }: Proposal): number => (status === 'passed' || status === 'queued' || status === 'executed' ? 1 : 0)
  const place = ({ votingEnd, origin }: Proposal): bigint => votingEnd ?? origin?.block ?? 0n
  const concerned: Proposal[] = []
  for (const [key, proposal] of proposals) {
    // Most carry no plan, and thousands may be remembered.
    if (upgrades.has(key) || (rank(proposal) === 1 && findPlan(proposal) !== undefined)) concerned.push(proposal)
  }
  return concerned.sort((a, b) => rank(a) - rank(b) || (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : a.id < b.id ? -1 : 1))
}

function sightingOf(event: Extract<PlanEvent, { type: 'read' | 'missed' }>): Sighting {
  const { hostTime } = event
  if (event.type === 'missed') return { hostTime }
  const { head, nodeVersion } = event
  return { head: head.number, hostTime, ...(nodeVersion !== undefined && { nodeVersion }) }
}

function concluded(upgrade: Upgrade, judgement: Judgement, time: bigint): readonly UpgradeMove[] {
  const { evidence, verdict } = judgement
  if (verdict === 'waiting') return []
  const reasons = verdict === 'failed' ? [judgement.reason] : []
  return [{ type: verdict, upgrade: { ...upgrade, evidence, status: verdict, completedAt: time, reasons }, time, silent: false }]
}

function withdraw(upgrade: Upgrade | undefined, time: bigint): readonly UpgradeMove[] {
  if (upgrade === undefined || upgrade.status === 'cancelled' || upgrade.status === 'completed') return []
  if (upgrade.status === 'in_progress' || upgrade.status === 'failed') {
    const reason = 'A reorg removed the proposal after the file was written: look at the node before it switches.'
    if (upgrade.reasons.includes(reason)) return []
    return [{ type: 'failed', upgrade: { ...upgrade, status: 'failed', completedAt: time, reasons: [...upgrade.reasons, reason] }, time, silent: false, before: upgrade }]
  }
  const cancelled: Upgrade = { ...upgrade, status: 'cancelled', completedAt: time, reasons: ['A reorg removed the proposal from the chain.'] }
  return [{ type: 'cancelled', upgrade: cancelled, time, silent: upgrade.status === 'refused', before: upgrade }]
}

function remind(upgrade: Upgrade | undefined, event: Extract<PlanEvent, { type: 'read' }>, { reminders }: Scheduling): readonly UpgradeMove[] {
  if (upgrade?.status !== 'scheduled' || reminders.length === 0) return []
  const due = remindersDue(upgrade, event.head, event.blockTime, reminders)
  const tightest = due.at(-1)
  if (tightest === undefined) return []
  const reminded: Upgrade = { ...upgrade, reminded: [...upgrade.reminded, ...due.map(({ text }) => text)] }
  return [{ type: 'imminent', upgrade: reminded, time: event.head.timestamp, silent: false, reminder: tightest.text }]
}
