import { keyOf } from '../../proposals/proposal.js'
import type { Upgrade, UpgradeMove } from '../../upgrades/upgrade.js'
import type { Announcement } from '../../chainState.js'
import { announceUpgrade } from '../announceUpgrade.js'
import type { UpgradeEvent } from '../upgradeData.js'
import { type ExampleOptions, headAt, height, id, paceAt, timeOf } from './exampleChain.js'

/** What is told of an upgrade that never was. */
export function exampleUpgrade(event: UpgradeEvent, options: ExampleOptions): Announcement | undefined {
  const time = timeOf(options)
  return announceUpgrade(moveFor(event, options), headAt(time, blocks[event]), paceAt(time))[0]
}

/** Those that are not told hours before the height. */
const blocks: Readonly<Partial<Record<UpgradeEvent, bigint>>> = {
  upgrade_halt_reached: BigInt(height) - 1n,
  upgrade_triggered: BigInt(height),
  upgrade_restarted: BigInt(height),
  upgrade_failed: BigInt(height),
  upgrade_completed: BigInt(height) + 3n,
}

const reasons: Readonly<Partial<Record<Upgrade['status'], readonly string[]>>> = {
  refused: ['The checksum of linux/amd64 is no checksum.'],
  failed: ['No new block for 30 min.'],
  cancelled: ['The proposal was canceled.'],
}

/** The upgrade as it stands with this status. */
export function upgradeFor(status: Upgrade['status'], { chain, contract, now }: ExampleOptions): Upgrade {
  const time = timeOf({ now })
  return {
    key: keyOf({ chain, contract, id }),
    chain,
    contract,
    proposalId: id,
    name: 'v2.1.0',
    height,
    status,
    origin: 'call',
    scheduledAt: time,
    revision: 1,
    reminded: [],
    reasons: reasons[status] ?? [],
    ...(status === 'in_progress' && { writtenAt: time, triggeredAt: time }),
  }
}

function moveFor(event: UpgradeEvent, options: ExampleOptions): UpgradeMove {
  const common = { time: timeOf(options), silent: false }
  const of = (status: Upgrade['status']) => ({ ...common, upgrade: upgradeFor(status, options) })
  switch (event) {
    case 'upgrade_scheduled':
      return { type: 'scheduled', ...of('scheduled') }
    case 'upgrade_refused':
      return { type: 'refused', ...of('refused') }
    case 'upgrade_rescheduled':
      return {
        type: 'rescheduled',
        ...of('scheduled'),
        before: { ...upgradeFor('scheduled', options), height: height - 900 },
      }
    case 'upgrade_imminent':
      return { type: 'imminent', ...of('scheduled'), reminder: '24h' }
    case 'upgrade_triggered':
      return { type: 'triggered', ...of('in_progress') }
    case 'upgrade_halt_reached':
      return { type: 'halted', ...common, upgrade: haltedAt(options) }
    case 'upgrade_restarted':
      return { type: 'restarted', ...of('in_progress'), seen: switched('same_version_after_outage', 'v2.0.3') }
    case 'upgrade_completed':
      return { type: 'completed', ...of('completed'), seen: switched('version_changed', 'v2.1.0') }
    case 'upgrade_failed':
      return { type: 'failed', ...of('failed') }
    case 'upgrade_cancelled':
      return { type: 'cancelled', ...of('cancelled') }
  }
}

/** Where the nodes stop by themselves, govstream writes no file. */
function haltedAt(options: ExampleOptions): Upgrade {
  const { writtenAt: _writtenAt, ...upgrade } = upgradeFor('in_progress', options)
  return { ...upgrade, held: true }
}

function switched(
  evidence: NonNullable<UpgradeMove['seen']>['evidence'],
  newVersion: string,
): NonNullable<UpgradeMove['seen']> {
  return { evidence, oldVersion: 'v2.0.3', newVersion }
}
