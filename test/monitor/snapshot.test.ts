import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createMonitor } from '../../src/monitor.js'
import { openStore } from '../../src/store/openStore.js'
import { at, holding, proposal, queueing, state, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'

/** A monitor of an unreachable chain, with the state of an earlier run. */
const monitorOver = (path: string) =>
  createMonitor({
    state: path,
    chains: [
      {
        name: 'local',
        rpc: { urls: ['http://127.0.0.1:9'] },
        governance: { system: 'governor', address: '0x5FbDB2315678afecb367f032d93F642f64180aa3' },
      },
    ],
  })

it('snapshot and find return the state of an earlier run, without a subscription and beside a running process', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  const running = openStore({ path })
  running.claim(Date.now())
  const proposals = holding(
    proposal('1', { status: 'voting' }),
    proposal('2', { status: 'executed' }),
    proposal('3', { status: 'voting' }),
  )
  running.commit(turn({ state: state({ proposals, upgrades: queueing(upgrade('2')) }) }), () => [])

  const monitor = monitorOver(path)
  const { heads, health, upgrades } = monitor.snapshot()
  expect(heads).toStrictEqual([{ chain: 'local', ...at(10n) }])
  expect(health).toMatchObject([{ chain: 'local', state: 'up' }])
  expect(upgrades).toMatchObject([{ name: 'v2', status: 'scheduled' }])
  expect(monitor.snapshot().proposals.size).toBe(3)

  expect(monitor.find().map(({ id }) => id)).toStrictEqual(['1', '2', '3'])
  expect(monitor.find({ status: 'voting', limit: 1 }).map(({ id }) => id)).toStrictEqual(['1'])
  expect(monitor.find({ status: 'voting', limit: 1, after: 'local/0xc0ffee/1' }).map(({ id }) => id)).toStrictEqual([
    '3',
  ])
  expect(monitor.find({ after: 'local/0xc0ffee/unknown' })).toStrictEqual([])
  running.close()
})

it('snapshot and find are empty before the first run, and create no state', () => {
  using directory = temporaryDirectory()
  const monitor = monitorOver(join(directory.path, 'a.db'))

  expect(monitor.snapshot()).toStrictEqual({
    heads: [],
    proposals: new Map(),
    counts: { byStatus: {}, byType: {} },
    upgrades: [],
    health: [],
  })
  expect(monitor.find()).toStrictEqual([])
})
