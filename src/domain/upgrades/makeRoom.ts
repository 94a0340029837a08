import { nextUp } from './dueUpgrades.js'
import type { Head } from '../blocks/head.js'
import type { ProposalKey } from '../proposals/proposal.js'
import { byHeight, isLive } from './queueOf.js'
import type { Upgrade, UpgradeMove } from './upgrade.js'

/** The file holds one plan: what was written ahead makes room, unseen by people, when a lower plan comes in. */
export function makeRoom(upgrades: ReadonlyMap<ProposalKey, Upgrade>, head: Head): readonly UpgradeMove[] {
  const live = [...upgrades.values()].filter(isLive).sort(byHeight)
  const next = nextUp(live, head)
  return live.flatMap((before) => {
    if (
      before.status !== 'scheduled' ||
      before.writtenAt === undefined ||
      before === next ||
      BigInt(before.height) <= head.number
    )
      return []
    const { writtenAt: _writtenAt, ...upgrade } = before
    return [{ type: 'rescheduled' as const, upgrade, time: head.timestamp, silent: true, before }]
  })
}
