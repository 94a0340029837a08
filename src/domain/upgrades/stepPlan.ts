import type { BlockTime } from '../blocks/blockTime.js'
import { crowdOut, gatherRefusals } from './crowdOut.js'
import type { Head } from '../blocks/head.js'
import { judgeCompletion, type Sighting } from './judgeCompletion.js'
import { dueUpgrades } from './dueUpgrades.js'
import { isSure } from './isStillDue.js'
import { makeRoom } from './makeRoom.js'
import { noteBefore } from './noteBefore.js'
import { concluded, halted, remind, withdraw } from './moveUpgrade.js'
import { occupationOf, occupiedBy } from './occupied.js'
import { keyOf, type Proposal, type ProposalKey } from '../proposals/proposal.js'
import { releaseBlocked } from './releaseBlocked.js'
import { holdBack } from './holdBack.js'
import { giveUp } from './giveUp.js'
import { scheduleProposal } from './scheduleProposal.js'
import type { Scheduling } from './scheduling.js'
import { type Look, standstill } from './standstill.js'
import { settleWrite } from './settleWrite.js'
import { type Basis, type Candidate, undecided, type Verdicts } from './undecided.js'
import type { Upgrade, UpgradeMove, WriteOutcome } from './upgrade.js'
import { type UpgradeBoard, upgradeBoard } from './upgradeBoard.js'

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
  | {
      readonly type: 'missed'
      readonly hostTime: number
      readonly time: bigint
      /** The last answer; `readAt` is host time. */
      readonly last?: { readonly head: Head; readonly blockTime: BlockTime; readonly readAt: number }
    }
  /** The writer has done with a due upgrade. */
  | {
      readonly type: 'wrote'
      readonly outcome: WriteOutcome
      readonly head: Head
      readonly hostTime: number
      readonly nodeVersion?: string
    }

type ReadEvent = Extract<PlanEvent, { type: 'read' }>

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
  const board = upgradeBoard(upgrades)
  if (event.type === 'wrote') {
    const moves = settleWrite(board.get(event.outcome.key), event)
    for (const { upgrade } of moves) board.put(upgrade)
    return { upgrades: board.all(), moves, due: [] }
  }
  const moves: UpgradeMove[] = event.type === 'read' ? [...schedule(board, event, options)] : []
  const time = event.type === 'read' ? event.head.timestamp : event.time
  const sighting = sightingOf(event)
  const apply = (made: readonly UpgradeMove[]): void => {
    for (const move of made) board.put(move.upgrade)
    moves.push(...made)
  }
  for (const { key, status } of [...board.acting.values()]) {
    if (status === 'scheduled') {
      if (event.type === 'read') apply(remind(board.get(key), event, options))
      if (event.type === 'read') apply(halted(board.get(key), event.head))
      const upgrade = board.get(key)
      if (upgrade !== undefined) {
        const { upgrade: seen, moves: told } = standstill(noteBefore(upgrade, sighting), lookOf(event, key), options)
        board.put(seen)
        apply(told)
      }
    }
    const upgrade = board.get(key)
    if (upgrade === undefined || (status !== 'in_progress' && status !== 'failed')) continue
    const judgement = judgeCompletion(upgrade, sighting, options)
    if (judgement === undefined) continue
    board.put({ ...upgrade, evidence: judgement.evidence })
    apply(concluded(upgrade, judgement, time))
  }
  const due =
    event.type === 'read'
      ? dueUpgrades(board.acting, event, options).filter(({ key }) => isSure(event.proposals.get(key)))
      : []
  return { upgrades: board.all(), moves, due }
}

// What each proposal came to, and by what: a verdict that nothing can have changed is not asked for again. It may be
// lost at any time, for it is no more than a saving.
const verdicts: Verdicts = new WeakMap()

/** Moves the board on by what the proposals are now. */
function schedule(board: UpgradeBoard, event: ReadEvent, options: Scheduling): readonly UpgradeMove[] {
  const { head, watched, proposals, retracted } = event
  const before = new Map(board.acting)
  const known = board.all()
  const moves: UpgradeMove[] = []
  const occupied = occupiedBy(board.acting.values())
  const apply = (made: readonly UpgradeMove[]): void => {
    for (const move of made) {
      const { upgrade, type } = move
      occupied.enter(type === 'dropped' ? { ...upgrade, status: 'cancelled' } : upgrade, board.get(upgrade.key))
      if (type === 'dropped') board.remove(upgrade.key)
      else board.put(upgrade)
      moves.push(move)
    }
  }
  // What is off goes first: it must not stand in the way of what has passed.
  for (const key of retracted) if (!proposals.has(key)) apply(withdraw(board.get(key), head.timestamp))
  const crowded: Candidate[] = []
  const basisOf = (occupation: string): Basis => ({
    occupation,
    head: head.number,
    isFirst: watched === undefined,
    options,
  })
  const judge = (occupation: string): string => {
    const basis = basisOf(occupation)
    const candidates = undecided(proposals, board.all(), basis, verdicts)
    for (const candidate of candidates) {
      const { proposal, finding } = candidate
      const key = keyOf(proposal)
      if (board.get(key)?.crowded === true) crowded.push(candidate)
      const made = scheduleProposal(proposal, board.all(), { ...event, occupied }, options)
      apply(made)
      if (made.length === 0) verdicts.set(proposal, { ...basis, finding, upgrade: board.get(key) })
    }
    return candidates.length === 0 ? occupation : occupationOf(board.acting.values())
  }
  // What is called off leaves its place to one that was refused because of it.
  const taken = occupationOf(board.acting.values())
  const takenNow = judge(taken)
  if (takenNow !== taken) judge(takenNow)
  for (const key of before.keys()) apply(giveUp(board.get(key), event, options))
  for (const [key, upgrade] of [...board.acting]) apply(holdBack(upgrade, proposals.get(key), head.timestamp))
  apply(makeRoom(board.acting, head))
  apply(releaseBlocked(board.acting, head, options))
  const left = crowdOut(board, known, moves, head.timestamp, options.maxWaiting)
  // There was no room for these, and there is none before somebody leaves.
  const settled = crowded.length === 0 ? '' : occupationOf(board.acting.values())
  for (const { proposal, finding } of crowded)
    verdicts.set(proposal, { ...basisOf(settled), finding, upgrade: board.get(keyOf(proposal)) })
  return gatherRefusals(left)
}

function lookOf(event: Exclude<PlanEvent, { type: 'wrote' }>, key: ProposalKey): Look {
  const { hostTime } = event
  if (event.type === 'read')
    return { head: event.head, isSure: isSure(event.proposals.get(key)), hostTime, time: event.head.timestamp }
  const { time, last } = event
  return { isSure: true, hostTime, time, ...(last !== undefined && { last }) }
}

function sightingOf(event: Exclude<PlanEvent, { type: 'wrote' }>): Sighting {
  const { hostTime } = event
  if (event.type === 'missed') return { hostTime }
  const { head, nodeVersion } = event
  return { head: head.number, hostTime, ...(nodeVersion !== undefined && { nodeVersion }) }
}
