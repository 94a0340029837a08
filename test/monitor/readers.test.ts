import { filter, tap } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/domain/errors.js'
import { createMonitor } from '../../src/monitor.js'
import type { MonitorDeps } from '../../src/monitor/Monitor.js'
import { proposal, reading, upgradeProposal } from '../support/builders.js'
import { readerOver } from '../support/readerOver.js'
import { scratch } from '../support/scratch.js'
import { soon } from './watching.js'

const governance = { system: 'governor', address: `0x${'12'.repeat(20)}` } as const

const configOf = (more: object = {}, state = ':memory:') => ({
  state,
  chains: [{ name: 'local', governance, monitor: { pollInterval: '20ms' }, ...more }],
})

describe('a reader of the host', () => {
  it('replaces the URLs, which may be missing from the configuration', async () => {
    const monitor = createMonitor(configOf(), {
      readers: { local: readerOver([reading(10), reading(11, [proposal('1')])]) },
    })
    const change = soon(monitor.changes$.pipe(filter(({ type }) => type === 'proposalAppeared')), 'a proposal')

    expect(await change).toMatchObject({ type: 'proposalAppeared' })
  })

  it('has its proposals in the store, which only the monitor opens', async () => {
    const known = [proposal('1'), proposal('2', { status: 'executed' })]
    const monitor = createMonitor(configOf(), { readers: { local: readerOver([reading(10, known)]) } })
    let found: readonly string[] = []
    const told$ = monitor.proposals$.pipe(
      filter(({ proposals }) => proposals.size === 2),
      tap(() => (found = monitor.find({ active: false }).map(({ id }) => id))),
    )
    await soon(told$, 'two proposals')

    expect(found).toStrictEqual(['2'])
    expect(monitor.find()).toHaveLength(2)
  })

  it('leads to the file, once its own block at the height confirms the plan', async () => {
    using place = scratch()
    const monitor = createMonitor(
      configOf(
        { scheduler: { minUpgradeDelay: '0s', completion: 'height' }, upgradeInfo: { home: place.home } },
        place.state,
      ),
      {
        readers: {
          local: readerOver([
            reading(10),
            reading(11, [upgradeProposal('1', 'v2', 12, { status: 'passed' })]),
            reading(12),
          ]),
        },
      },
    )
    for (let poll = 0; poll < 3; poll++) await monitor.sync()

    expect(place.file()).toMatchObject({ name: 'v2', height: 12 })
  })

  it.each<readonly [string, MonitorDeps, string]>([
    [
      'of an unknown chain',
      { readers: { local: readerOver([]), other: readerOver([], 'other') } },
      'readers.other: expected the name of a chain of the configuration',
    ],
    [
      'that reads another chain',
      { readers: { local: readerOver([], 'mainnet') } },
      'readers.local: expected a reader of local, but it reads mainnet',
    ],
    [
      'beside a client of the same chain',
      {
        readers: { local: readerOver([]) },
        clients: { local: { name: 'own', transport: {}, request: () => Promise.resolve() } },
      },
      'readers.local: expected a client or a reader of a chain, not both',
    ],
  ])('%s is refused', (_what, deps, told) => {
    let lines: readonly string[] = []
    try {
      createMonitor(configOf(), deps)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      lines = error.issues.map(({ path, message }) => `${path}: ${message}`)
    }
    expect(lines).toStrictEqual([told])
  })

  it('is refused with an agreement of two: it counts as one node', () => {
    expect(() => createMonitor(configOf({ rpc: { agreement: 2 } }), { readers: { local: readerOver([]) } })).toThrow(
      'expected 1: a reader of your own is one node',
    )
  })
})
