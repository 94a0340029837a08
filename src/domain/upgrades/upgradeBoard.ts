import { editMap, memoizeWhere } from '../editedMap.js'
import { memoizeByObject } from '../memoizeByObject.js'
import type { ProposalKey } from '../proposals/proposal.js'
import { type Occupied, occupationOf, occupiedBy } from './occupied.js'
import type { Candidate } from './selectCandidates.js'
import { isBlocked, type Upgrade } from './upgrade.js'
import type { UpgradeMove } from './upgradeMove.js'

/**
 * The upgrades of a chain while one event moves them, rule by rule: copied only where something changes, and with those
 * apart that can move by themselves or stand in the way of others. They are few, whatever anybody proposes.
 */
export interface UpgradeBoard {
  /** As they were before the event. */
  readonly before: ReadonlyMap<ProposalKey, Upgrade>
  /** Keys of those that were acting before the event. */
  readonly wereActing: readonly ProposalKey[]
  /** All of them, as they are now. */
  readonly all: () => ReadonlyMap<ProposalKey, Upgrade>
  /** Waiting, in progress, failed, completed, or held up by the file. */
  readonly acting: ReadonlyMap<ProposalKey, Upgrade>
  readonly get: (key: ProposalKey) => Upgrade | undefined
  /** Changes an upgrade without a word. */
  readonly put: (upgrade: Upgrade) => void
  /** Makes moves, in their order. */
  readonly move: (made: readonly UpgradeMove[]) => void
  /** What has been moved so far. */
  readonly moves: () => readonly UpgradeMove[]
  /** Tells the moves made so far otherwise; changes no upgrade. */
  readonly retell: (moves: readonly UpgradeMove[]) => void
  /** Names and heights that are taken now. */
  readonly occupied: () => Occupied
  /** The same as one text: while it is the same, no verdict about a conflict can change. */
  readonly occupation: () => string
  /** Proposals that were scheduled although there was no room for them the last time; for `keepWithinLimit`. */
  readonly crowded: Candidate[]
}

export function upgradeBoard(upgrades: ReadonlyMap<ProposalKey, Upgrade>): UpgradeBoard {
  const wereActing = actingIn(upgrades)
  const all = editMap(upgrades)
  const acting = editMap(wereActing)
  let moves: UpgradeMove[] = []
  let occupied: Occupied | undefined
  const put = (upgrade: Upgrade): void => {
    const { key } = upgrade
    const before = all.get(key)
    if (before === upgrade) return
    occupied?.enter(upgrade, before)
    all.set(key, upgrade)
    if (isActing(upgrade)) acting.set(key, upgrade)
    else acting.delete(key)
  }
  const drop = (upgrade: Upgrade): void => {
    occupied?.enter({ ...upgrade, status: 'cancelled' }, all.get(upgrade.key))
    all.delete(upgrade.key)
    acting.delete(upgrade.key)
  }
  return {
    before: upgrades,
    wereActing: [...wereActing.keys()],
    all: () => all.map(),
    get acting() {
      return acting.map()
    },
    get: all.get,
    put,
    move(made) {
      for (const move of made) {
        if (move.type === 'dropped') drop(move.upgrade)
        else put(move.upgrade)
        moves.push(move)
      }
    },
    moves: () => moves,
    retell(told) {
      moves = [...told]
    },
    occupied: () => (occupied ??= occupiedBy(acting.map().values())),
    occupation: () => (acting.map() === wereActing ? occupationIn(wereActing) : occupationOf(acting.map().values())),
    crowded: [],
  }
}

/** Those that can move by themselves or stand in the way of others. */
export const actingIn = memoizeWhere(isActing)

const occupationIn = memoizeByObject((acting: ReadonlyMap<ProposalKey, Upgrade>): string =>
  occupationOf(acting.values()),
)

function isActing(upgrade: Upgrade): boolean {
  const { status } = upgrade
  return (
    status === 'scheduled' ||
    status === 'in_progress' ||
    status === 'failed' ||
    status === 'completed' ||
    isBlocked(upgrade)
  )
}
