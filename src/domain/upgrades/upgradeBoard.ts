import { editMap, memoizeWhere } from '../editedMap.js'
import { memoizeByObject } from '../memoizeByObject.js'
import type { ProposalKey } from '../proposals/proposal.js'
import { type Occupied, occupationOf, occupiedBy } from './occupied.js'
import type { Candidate } from './selectCandidates.js'
import { isBlocked, type Upgrade } from './upgrade.js'
import type { UpgradeMove } from './upgradeMove.js'

/**
 * The upgrades of a chain while the rules apply one event to them. The map is copied only if something changes. The few
 * upgrades that can move by themselves or conflict with others are kept apart, so that the number of proposals does not
 * matter.
 */
export interface UpgradeBoard {
  /** The upgrades before the event. */
  readonly before: ReadonlyMap<ProposalKey, Upgrade>
  /** Keys of the upgrades that were acting before the event. */
  readonly wereActing: readonly ProposalKey[]
  /** All upgrades as they are now. */
  readonly all: () => ReadonlyMap<ProposalKey, Upgrade>
  /** The upgrades that are scheduled, in progress, failed, completed, or blocked by the file. */
  readonly acting: ReadonlyMap<ProposalKey, Upgrade>
  readonly get: (key: ProposalKey) => Upgrade | undefined
  /** Replaces an upgrade without a move. */
  readonly put: (upgrade: Upgrade) => void
  /** Applies moves, in their order. */
  readonly move: (made: readonly UpgradeMove[]) => void
  /** Returns the moves made so far. */
  readonly moves: () => readonly UpgradeMove[]
  /** Replaces the list of moves made so far; changes no upgrade. */
  readonly replaceMoves: (moves: readonly UpgradeMove[]) => void
  /** Returns the index of names and heights that are occupied now. */
  readonly occupied: () => Occupied
  /** Returns the same as one text. While it is unchanged, no result of a conflict check can change. */
  readonly occupation: () => string
  /** Proposals that were scheduled although they were refused for lack of room last time; used by `keepWithinLimit`. */
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
  const drop = ({ key }: Upgrade): void => {
    // Only pending and past upgrades are dropped, which neither act nor occupy anything.
    all.delete(key)
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
    replaceMoves(told) {
      moves = [...told]
    },
    occupied: () => (occupied ??= occupiedBy(acting.map().values())),
    occupation: () => (acting.map() === wereActing ? occupationIn(wereActing) : occupationOf(acting.map().values())),
    crowded: [],
  }
}

/** The upgrades that can move by themselves or conflict with others. */
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
