import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { ChainState, Announcement, Turn } from '../../src/domain/chainState.js'
import type { Head } from '../../src/domain/blocks/head.js'
import type { JsonObject } from '../../src/domain/text/json.js'
import type { Notification, NotificationEvent } from '../../src/domain/notifications/notification.js'
import { touchedBetween } from '../../src/domain/touchedBetween.js'
import { type Proposal, keyOf } from '../../src/domain/proposals/proposal.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../../src/domain/upgrades/upgradeMove.js'

/** A directory for one test; disposed of with `using`. */
export function temporaryDirectory(): { readonly path: string; readonly [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'govstream-store-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export const at = (number: bigint): Head => ({
  number,
  hash: `0x${number.toString(16)}`,
  parentHash: `0x${(number - 1n).toString(16)}`,
  timestamp: number * 2n,
})

export const proposal = (id: string, over: Partial<Proposal> = {}): Proposal => ({
  chain: 'local',
  contract: '0xc0ffee',
  id,
  system: 'governor',
  title: `Proposal ${id}`,
  description: 'What it is for.',
  type: 'text',
  status: 'voting',
  derived: false,
  actions: [],
  clock: 'block',
  readAt: 10n,
  ...over,
})

export const upgrade = (id: string, over: Partial<Upgrade> = {}): Upgrade => ({
  key: keyOf(proposal(id)),
  chain: 'local',
  contract: '0xc0ffee',
  proposalId: id,
  name: `v${id}`,
  height: 1_000,
  origin: 'call',
  status: 'scheduled',
  reasons: [],
  revision: 1,
  reminded: [],
  ...over,
})

export const move = (moved: Upgrade, over: Partial<UpgradeMove> = {}): UpgradeMove => ({
  type: 'scheduled',
  upgrade: moved,
  time: 20n,
  silent: false,
  ...over,
})

type Loose = Partial<Omit<Notification, 'event' | 'data'>> & {
  readonly event?: NotificationEvent
  readonly data?: JsonObject
}

/** Store and handlers pass on any data. It is about the proposal that the id names before a `#`. */
export const notification = (id: string, over: Loose = {}): Notification =>
  z.custom<Notification>().parse({
    id,
    event: 'new_proposal',
    priority: 'medium',
    chain: 'local',
    title: `New: ${id}`,
    message: 'Vote on it.',
    timestamp: '2025-01-01T00:00:00Z',
    data: { contract: '0xc0ffee', proposalId: id.split('#')[0] ?? id },
    read: false,
    ...over,
  })

export const announcement = (id: string, over: Loose = {}): Announcement => ({
  subject: `local/0xc0ffee/${id}`,
  notification: notification(id, over),
})

export const state = (over: Partial<ChainState> = {}): ChainState => ({
  chain: 'local',
  synced: true,
  head: at(10n),
  proposals: new Map(),
  upgrades: new Map(),
  announcedIds: new Map(),
  blockTime: { samples: [] },
  health: { chain: 'local', state: 'up', since: 0, consecutiveFailures: 0, errorRate: 0, backlog: 0n },
  ...over,
})

/** A turn after the one that left `before`. */
export const turn = (over: Partial<Turn> = {}, before: ChainState = state()): Turn => ({
  cause: 'reading',
  state: state(),
  changes: [],
  moves: [],
  announcements: [],
  due: [],
  forgotten: [],
  time: 1_000,
  warnings: [],
  touched: touchedBetween(before, over.state ?? state()),
  ...over,
})

export const holding = (...proposals: readonly Proposal[]): ReadonlyMap<string, Proposal> =>
  new Map(proposals.map((one) => [keyOf(one), one]))

export const queueing = (...upgrades: readonly Upgrade[]): ReadonlyMap<string, Upgrade> =>
  new Map(upgrades.map((one) => [one.key, one]))
