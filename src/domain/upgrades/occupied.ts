import { isUnproposed } from '../proposals/announced.js'
import { isLive } from './queueOf.js'
import { dueKey, dueMark, dueText, isSameDue } from '../plans/dueAt.js'
import type { Plan } from '../plans/plan.js'
import type { ProposalKey } from '../proposals/proposal.js'
import { isBlocked, isOwn, type Rival, type Upgrade } from './upgrade.js'

/** What two upgrades cannot share beside a name: a height, or a time. */
type Place = ReturnType<typeof dueKey>

/**
 * An index of the upgrades by the names, heights and times they occupy, so that a plan is validated without a scan of
 * all.
 */
export interface Occupied {
  readonly names: ReadonlyMap<string, ReadonlyMap<ProposalKey, Upgrade>>
  readonly places: ReadonlyMap<Place, ReadonlyMap<ProposalKey, Upgrade>>
  /** Replaces the entry of an upgrade's earlier version by the current one. */
  readonly enter: (upgrade: Upgrade, before: Upgrade | undefined) => void
}

export function occupiedBy(upgrades: Iterable<Upgrade>): Occupied {
  const names = new Map<string, Map<ProposalKey, Upgrade>>()
  const places = new Map<Place, Map<ProposalKey, Upgrade>>()
  const enter = (upgrade: Upgrade, before: Upgrade | undefined): void => {
    if (before !== undefined) {
      names.get(before.name)?.delete(before.key)
      places.get(dueKey(before))?.delete(before.key)
    }
    if (takesName(upgrade)) placeIn(names, upgrade.name).set(upgrade.key, upgrade)
    if (takesHeight(upgrade)) placeIn(places, dueKey(upgrade)).set(upgrade.key, upgrade)
  }
  for (const upgrade of upgrades) enter(upgrade, undefined)
  return { names, places, enter }
}

// Maximum number of conflicts reported for one plan.
const maxTold = 3

/**
 * Returns why a plan conflicts with existing upgrades, at most three reasons. A plan of the operator's own conflicts
 * with any upgrade, because the other nodes run what a vote decided. A voted plan conflicts with an own plan only if
 * that one has the same height and is already in progress, because then it can no longer be cancelled.
 */
export function conflictsWith(
  { names, places }: Occupied,
  plan: Plan,
  key: ProposalKey,
  isOfOwn = false,
): readonly Rival[] {
  const sameName = othersIn(names.get(plan.name), key, isOfOwn)
  const sameHeight = othersIn(places.get(dueKey(plan)), key, isOfOwn).filter((other) => !sameName.includes(other))
  const underWay = isOfOwn ? [] : ownUnderWay(places.get(dueKey(plan)), plan)
  const todo = isOfOwn ? '. That one counts: remove yours, or correct it.' : '.'
  return [
    ...sameName.map((other) =>
      rival(other, `an upgrade named ${other.name} (${other.status}, ${dueText(other)})${todo}`),
    ),
    ...sameHeight.map((other) => rival(other, `the upgrade ${other.name} at ${dueText(other)}${todo}`)),
    ...underWay.map((other) => ({
      key: other.key,
      reason: `A plan of your own already has the upgrade ${other.name} at ${dueText(other)}, which is in progress: check what the other nodes run, and switch the binary by hand if needed.`,
    })),
  ].slice(0, maxTold)
}

function rival(other: Upgrade, what: string): Rival {
  return { key: other.key, reason: `${holderOf(other)} already has ${what}` }
}

/** Names who asked for an upgrade, at the beginning of a sentence. */
export function holderOf(upgrade: Upgrade): string {
  if (upgrade.announced === true) return 'Another announcement'
  if (isUnproposed(upgrade)) return 'The chain itself'
  return isOwn(upgrade) ? 'Another plan of your own' : `Proposal ${upgrade.proposalId}`
}

/** Returns the upgrade of a proposal with the same name and height or time, in any status that occupies the name. */
export function votedTwin({ names }: Occupied, plan: Plan): Upgrade | undefined {
  return [...(names.get(plan.name)?.values() ?? [])].find((other) => !isOwn(other) && isSameDue(other, plan))
}

/** Returns another upgrade with the same name and height or time that the chain holds or has carried out. */
export function heldTwin(occupied: Occupied | undefined, plan: Plan & Pick<Upgrade, 'key'>): Upgrade | undefined {
  const others = [...(occupied?.names.get(plan.name)?.values() ?? [])]
  return others.find((other) => other.key !== plan.key && other.held === true && isSameDue(other, plan))
}

/** Returns the upgrade of a proposal with the same name and height or time that came too late or failed. */
export function endedTwin(upgrades: Iterable<Upgrade>, plan: Plan): Upgrade | undefined {
  for (const other of upgrades) {
    const hasEnded = other.status === 'failed' || (other.status === 'refused' && other.scheduledAt !== undefined)
    if (hasEnded && !isOwn(other) && other.name === plan.name && isSameDue(other, plan)) return other
  }
  return undefined
}

/**
 * Returns everything that decides conflicts, as one text. If the text is the same, no result of a conflict check has
 * changed.
 */
export function occupationOf(upgrades: Iterable<Upgrade>): string {
  const taken: string[] = []
  for (const upgrade of upgrades) {
    if (takesName(upgrade)) taken.push(`${upgrade.key} ${dueMark(upgrade)} ${upgrade.status} ${upgrade.name}`)
  }
  return taken.join('\n')
}

function takesHeight(upgrade: Upgrade): boolean {
  return isLive(upgrade) || isBlocked(upgrade)
}

function takesName(upgrade: Upgrade): boolean {
  return takesHeight(upgrade) || upgrade.status === 'completed'
}

function othersIn(
  place: ReadonlyMap<ProposalKey, Upgrade> | undefined,
  key: ProposalKey,
  isOfOwn: boolean,
): readonly Upgrade[] {
  const others: Upgrade[] = []
  for (const other of place?.values() ?? []) {
    if (others.length === maxTold) break
    if (other.key !== key && (isOfOwn || !isOwn(other))) others.push(other)
  }
  return others
}

function ownUnderWay(place: ReadonlyMap<ProposalKey, Upgrade> | undefined, { name }: Plan): readonly Upgrade[] {
  return [...(place?.values() ?? [])].filter(
    (other) => isOwn(other) && other.status === 'in_progress' && other.name !== name,
  )
}

function placeIn<Key>(index: Map<Key, Map<ProposalKey, Upgrade>>, at: Key): Map<ProposalKey, Upgrade> {
  const known = index.get(at)
  if (known !== undefined) return known
  const place = new Map<ProposalKey, Upgrade>()
  index.set(at, place)
  return place
}
