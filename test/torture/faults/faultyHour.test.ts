import { describe, expect, it } from 'vitest'
import { faultyHour } from './faultyHour.js'
import { storyChains } from './storyChains.js'

// Takes some seconds, and several times that on a busy machine.
const busyMs = 180_000

describe('a node of which a fifth of the answers fail', () => {
  it.concurrent.each([
    'governor',
    'wemixvisor-rpc',
    'cosmos',
    'cosmos without heights',
  ] as const satisfies (keyof typeof storyChains)[])(
    'of %s leads to the same notifications, files and state as a healthy one',
    async (system) => {
      const report = await faultyHour({ system, seed: 1, beats: 15, share: 0.2 })

      expect(report).toMatchObject({ beats: 15, lost: 0, repeated: 0, wrong: 0, findings: [] })
      expect(report.faults).toBeGreaterThanOrEqual(5)
      expect(report.notifications).toBeGreaterThanOrEqual(10)
    },
    busyMs,
  )
})
