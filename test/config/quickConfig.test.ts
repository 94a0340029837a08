import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { quickConfig } from '../../src/config/quickConfig.js'
import { governor, linesOf } from '../support/configs.js'

describe('quickConfig', () => {
  it('watches one Governor on a chain called default', () => {
    expect(quickConfig({ rpc: 'http://127.0.0.1:8545', governor })).toStrictEqual(
      parseConfig({
        chains: [
          {
            name: 'default',
            rpc: { urls: ['http://127.0.0.1:8545'] },
            governance: { system: 'governor', address: governor },
          },
        ],
      }),
    )
  })

  it('accepts a home, a profile and a state', () => {
    const config = quickConfig({
      rpc: 'http://a',
      governor,
      home: '/srv/node',
      profile: 'cosmovisor',
      state: ':memory:',
    })

    expect(config).toMatchObject({
      state: ':memory:',
      chains: [{ upgradeInfo: { home: '/srv/node', profile: 'cosmovisor' } }],
    })
  })

  it('detects a mistyped address by its checksum', () => {
    expect(
      linesOf(() => quickConfig({ rpc: 'http://a', governor: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed' })),
    ).toStrictEqual([expect.stringMatching(/^--governor: .*its checksum \(EIP-55\) does not fit/)])
    expect(
      quickConfig({ rpc: 'http://a', governor: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed' }).chains,
    ).toHaveLength(1)
  })

  it('names the options, not keys of a file', () => {
    expect(
      linesOf(() => quickConfig({ rpc: 'localhost', governor: '0x1', home: '', profile: 'x', state: '' })),
    ).toStrictEqual([
      '--state: expected a file, or :memory:',
      '--rpc: expected an http:// or https:// URL',
      '--governor: expected a 0x address of 40 hex digits',
      '--home: expected a directory',
      '--profile: expected one of wemixvisor, cosmovisor, portable',
    ])
  })
})
