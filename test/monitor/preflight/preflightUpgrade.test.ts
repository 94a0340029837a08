import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { createPreflight } from '../../../src/monitor/preflight/preflightUpgrade.js'
import { DownloadError } from '../../../src/transport/DownloadError.js'
import { block } from '../../support/builders.js'
import { minimal } from '../../support/configs.js'
import { onPlace as it } from '../../support/onPlace.js'
import { readerOver } from '../../support/readerOver.js'
import { upgrade } from '../../support/storeGiven.js'

describe('the check of the clock', () => {
  it('compares the block with the time of the answer, not with the end of a download that takes minutes', async ({
    place,
  }) => {
    mkdirSync(join(place.home, 'cosmovisor/genesis/bin'), { recursive: true })
    const [config] = parseConfig(
      minimal({ upgradeInfo: { home: place.home, profile: 'cosmovisor' }, preflight: { daemon: 'noded' } }),
    ).chains
    if (config === undefined) throw new Error('The configuration has no chain.')
    const head = block(100n)
    let now = Number(head.timestamp) * 1000
    const preflight = createPreflight(config, {
      reader: { ...readerOver([]), readNodeState: () => Promise.resolve({ head, isSyncing: false }) },
      now: () => now,
      open() {
        now += 600_000
        return Promise.reject(new DownloadError('unreachable', 'it was cut off'))
      },
    })
    const found = await preflight(
      upgrade('2', { info: { binaries: { any: 'https://a.example/noded' } } }),
      { samples: [] },
      new AbortController().signal,
    )

    expect(found.checks.find(({ id }) => id === 'download')?.verdict).toBe('unknown')
    expect(found.checks.find(({ id }) => id === 'clock')).toStrictEqual({
      id: 'clock',
      verdict: 'ready',
      reason: 'The clock of this machine agrees with block 100.',
    })
  })
})
