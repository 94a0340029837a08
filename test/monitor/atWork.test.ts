import { filter } from 'rxjs'
import { expect, it } from 'vitest'
import { createMonitor } from '../../src/monitor.js'
import { reading, upgradeProposal } from '../support/builders.js'
import { readerOver } from '../support/readerOver.js'
import { scratch } from '../support/scratch.js'
import { soon } from './watching.js'

it('a monitor writes no file while only its streams are read, and writes what is due when it syncs', async () => {
  using place = scratch()
  const monitor = createMonitor(
    {
      state: place.state,
      chains: [
        {
          name: 'local',
          governance: { system: 'governor', address: `0x${'12'.repeat(20)}` },
          monitor: { pollInterval: '20ms' },
          scheduler: { minUpgradeDelay: '0s', completion: 'height' },
          upgradeInfo: { home: place.home, when: 'on-schedule' },
        },
      ],
    },
    {
      readers: {
        local: readerOver([
          reading(10),
          reading(11, [upgradeProposal('1', 'v2', 100, { status: 'passed' })]),
          ...Array.from({ length: 50 }, (_, later) => reading(12 + later)),
        ]),
      },
    },
  )
  const looking = monitor.heads$.subscribe()
  await soon(monitor.heads$.pipe(filter(({ number }) => number === 15n)), 'a few polls after it was scheduled')
  expect(monitor.snapshot().upgrades).toMatchObject([{ name: 'v2', status: 'scheduled' }])
  expect(place.file()).toBeUndefined()

  await monitor.sync()
  expect(place.file()).toMatchObject({ name: 'v2', height: 100 })
  looking.unsubscribe()
})
