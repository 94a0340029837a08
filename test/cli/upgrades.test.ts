import { describe, expect } from 'vitest'
import { onSeededState as it } from '../support/onSeededState.js'

describe('upgrades', () => {
  it('gives the queue in height order, then the finished ones', async ({ json }) => {
    const unknown = { blocksLeft: null, eta: null }

    expect(await json('upgrades')).toStrictEqual([
      {
        key: 'local/0xc0ffee/7',
        chain: 'local',
        name: 'v2',
        height: 1000,
        time: null,
        status: 'scheduled',
        origin: 'call',
        kind: 'governance',
        proposalId: '7',
        info: { binaries: {} },
        scheduledAt: '2023-11-14T22:15:00.000Z',
        triggeredAt: null,
        completedAt: null,
        reasons: [],
        blocksLeft: '990',
        eta: '1970-01-01T00:33:20.000Z',
      },
      {
        key: 'local/0xc0ffee/9',
        chain: 'local',
        name: 'v3',
        height: 2000,
        time: null,
        status: 'scheduled',
        origin: 'call',
        kind: 'governance',
        proposalId: '9',
        info: null,
        scheduledAt: null,
        triggeredAt: null,
        completedAt: null,
        reasons: [],
        blocksLeft: '1990',
        eta: '1970-01-01T01:06:40.000Z',
      },
      {
        key: 'local/0xc0ffee/3',
        chain: 'local',
        name: 'v1',
        height: 4,
        time: null,
        status: 'completed',
        origin: 'call',
        kind: 'governance',
        proposalId: '3',
        info: null,
        scheduledAt: '1970-01-01T00:00:02.000Z',
        triggeredAt: '1970-01-01T00:00:08.000Z',
        completedAt: '1970-01-01T00:00:10.000Z',
        reasons: [],
        ...unknown,
      },
      {
        key: 'local/0xc0ffee/4',
        chain: 'local',
        name: 'v0',
        height: 1,
        time: null,
        status: 'refused',
        origin: 'call',
        kind: 'governance',
        proposalId: '4',
        info: null,
        scheduledAt: null,
        triggeredAt: null,
        completedAt: null,
        reasons: ['height already passed'],
        ...unknown,
      },
    ])
  })

  it('is a table for people, with the reasons under it', async ({ text }) => {
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
