import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../../src/store/openStore.js'
import { governor } from './configs.js'
import { at, holding, proposal, queueing, state, announcement, turn, upgrade } from './storeGiven.js'

const contract = governor

export const passed = proposal('7', {
  contract,
  type: 'upgrade',
  status: 'passed',
  title: 'Move to v2',
  description: '# Move to v2\n\nFaster blocks.',
  proposer: '0xabc',
  votingStart: 6n,
  votingEnd: 9n,
  submittedAt: 1_700_000_000n,
  votingStartsAt: 1_700_000_010n,
  votingEndsAt: 1_700_000_100n,
  tally: {
    yes: 3n * 10n ** 18n,
    no: 10n ** 18n,
    abstain: 0n,
    unit: 'AAVE',
    decimals: 18,
    quorum: 2n * 10n ** 18n,
    turnout: 0.8,
    quorumReached: true,
  },
  actions: [{ target: '0xdef', value: 5n, selector: '0x12345678', signature: 'setDelay(uint256)', effect: 'call' }],
  finding: { plan: { name: 'v2', height: 1_000, info: { binaries: {} } }, origin: 'call', problems: [] },
  origin: { block: 5n, hash: '0x5', index: 0 },
})
const voting = proposal('12345678901234567890', {
  contract,
  status: 'voting',
  title: 'A long id',
  origin: { block: 9n, hash: '0x9', index: 1 },
})
const expired = proposal('8', {
  contract,
  status: 'expired',
  derived: true,
  title: 'Too late',
  origin: { block: 6n, hash: '0x6', index: 0 },
})

const cast = { chain: 'local', contract, id: '7', index: 0 }

const waiting = upgrade('7', {
  name: 'v2',
  height: 1_000,
  contract,
  info: { binaries: {} },
  scheduledAt: 1_700_000_100n,
})
const later = upgrade('9', { name: 'v3', height: 2_000, contract })
const done = upgrade('3', {
  name: 'v1',
  height: 4,
  contract,
  status: 'completed',
  scheduledAt: 2n,
  triggeredAt: 8n,
  completedAt: 10n,
})
const refused = upgrade('4', {
  name: 'v0',
  height: 1,
  contract,
  status: 'refused',
  completedAt: 6n,
  reasons: ['height already passed'],
})

/** Writes a configuration and a state with one of everything into a directory. */
export function seedState(directory: string): void {
  writeFileSync(
    join(directory, 'govstream.yaml'),
    [
      'chains:',
      '  - name: local',
      '    rpc: { urls: ["http://127.0.0.1:9/secret-key"] }',
      `    governance: { system: governor, address: "${governor}" }`,
      '  - name: other',
      '    rpc: { urls: ["http://127.0.0.1:9"] }',
      `    governance: { system: governor, address: "${governor}" }`,
      '',
    ].join('\n'),
  )
  const store = openStore({ path: join(directory, 'govstream.db') })
  store.commit(
    turn({
      state: state({
        head: at(10n),
        lastGoodAt: Date.UTC(2025, 0, 1),
        proposals: holding(passed, voting, expired),
        upgrades: queueing(later, waiting, done, refused),
        blockTime: {
          samples: [
            { number: 9n, timestamp: 18n },
            { number: 10n, timestamp: 20n },
          ],
        },
        health: {
          chain: 'local',
          state: 'up',
          since: 0,
          consecutiveFailures: 0,
          errorRate: 0.25,
          backlog: 0n,
          problem: 'It was slow.',
        },
      }),
      changes: [
        {
          type: 'proposalAppeared',
          proposal: { ...passed, status: 'voting' },
          backfill: false,
          chain: 'local',
          at: 7n,
          time: 1_700_000_010n,
        },
        {
          type: 'voteCast',
          vote: {
            ...cast,
            voter: '0xa11ce',
            choice: 'yes',
            weight: 3n * 10n ** 18n,
            reason: 'Faster is better.',
            block: 8n,
          },
          chain: 'local',
          at: 9n,
          time: 1_700_000_060n,
        },
        {
          type: 'voteCast',
          vote: { ...cast, voter: '0xb0b', choice: 'no', weight: 10n ** 18n, reason: '', block: 9n },
          chain: 'local',
          at: 9n,
          time: 1_700_000_060n,
        },
        { type: 'statusMoved', proposal: passed, from: 'voting', chain: 'local', at: 10n, time: 1_700_000_110n },
      ],
      moves: [{ type: 'scheduled', upgrade: waiting, time: 1_700_000_110n, silent: false }],
      announcements: [announcement('a'), announcement('b', { priority: 'critical', title: 'Bad \u001b[31mnews' })],
    }),
    () => ['webhook'],
  )
  const [item] = store.due(Date.now(), 1)
  if (item !== undefined) store.bury(item, Date.UTC(2025, 0, 2), { reason: 'HTTP 404' })
  store.close()
}
