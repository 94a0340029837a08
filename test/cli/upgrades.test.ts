import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { cliHere } from '../support/cliHere.js'
import { onSeededState as it } from '../support/onSeededState.js'
import { queueing, state, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'

/** A row of the list: an upgrade of a plan in a call, without events yet. */
const row = (id: string, parts: object): object => ({
  key: `local/0xc0ffee/${id}`,
  chain: 'local',
  time: null,
  origin: 'call',
  kind: 'governance',
  labels: {},
  proposalId: id,
  info: null,
  scheduledAt: null,
  triggeredAt: null,
  completedAt: null,
  reasons: [],
  blocksLeft: null,
  eta: null,
  ...parts,
})

describe('upgrades', () => {
  it('prints the queue in height order, then the finished ones', async ({ json }) => {
    expect(await json('upgrades')).toStrictEqual([
      row('7', {
        name: 'v2',
        height: 1000,
        status: 'scheduled',
        info: { binaries: {} },
        scheduledAt: '2023-11-14T22:15:00.000Z',
        blocksLeft: '990',
        eta: '1970-01-01T00:33:20.000Z',
      }),
      row('9', {
        name: 'v3',
        height: 2000,
        status: 'scheduled',
        blocksLeft: '1990',
        eta: '1970-01-01T01:06:40.000Z',
      }),
      row('3', {
        name: 'v1',
        height: 4,
        status: 'completed',
        scheduledAt: '1970-01-01T00:00:02.000Z',
        triggeredAt: '1970-01-01T00:00:08.000Z',
        completedAt: '1970-01-01T00:00:10.000Z',
      }),
      row('4', { name: 'v0', height: 1, status: 'refused', reasons: ['height already passed'] }),
    ])
  })

  it('is a table as text, with the reasons below it', async ({ text }) => {
    expect(await text('upgrades')).toMatchInlineSnapshot(`
      "CHAIN  HEIGHT  NAME  STATUS     PROPOSAL  WHEN
      local    1000  v2    scheduled  7         in 990 blocks, about 33 min
      local    2000  v3    scheduled  9         in 1,990 blocks, about 1 h 6 min
      local       4  v1    completed  3         1970-01-01 00:00Z
      local       1  v0    refused    4         1970-01-01 00:00Z

      local v0 (refused): height already passed
      "
    `)
  })
})

describe('an upgrade that was over before the first reading', () => {
  it('is listed without its reasons, because they require no action', async () => {
    using place = temporaryDirectory()
    const store = openStore({ path: join(place.path, 'govstream.db') })
    const past = upgrade('1', {
      name: 'v1',
      height: 5,
      status: 'past',
      completedAt: 9n,
      reasons: ['height already passed'],
    })
    store.commit(turn({ state: state({ upgrades: queueing(past) }) }), () => [])
    store.close()

    const { out } = await cliHere(['upgrades', '--state', 'govstream.db'], place.path)
    expect(out).toContain('v1')
    expect(out).not.toContain('height already passed')
  })
})
