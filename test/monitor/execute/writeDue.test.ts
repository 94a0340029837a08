import { lastValueFrom, of, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../../src/domain/chainState.js'
import { newChain } from '../../../src/domain/newChain.js'
import { writeDue } from '../../../src/monitor/execute/writeDue.js'
import { withTimeLimit } from '../../../src/monitor/execute/withTimeLimit.js'
import { block, byKey, queued, upgrade, upgradeProposal } from '../../support/builders.js'

const due = upgrade('1', 'v2', 100)
const state: ChainState = {
  ...newChain('local', 0),
  head: block(100),
  proposals: byKey(upgradeProposal('1', 'v2', 100, { status: 'passed' })),
  upgrades: queued(due),
}

describe('a writing that the disk holds up', () => {
  it('is told as late, and finds itself not wanted any more when the disk comes back', async () => {
    const scheduler = new VirtualTimeScheduler()
    let isWanted = (): boolean => false
    const write = writeDue({
      scheduling: { leadBlocks: 0, when: 'at-height' },
      vouch: () => of(undefined),
      isHeightVouched: true,
      limited: withTimeLimit({ limitMs: 120_000, scheduler }),
      lateDisk: 'The disk hangs.',
      write: (_upgrade, context) => {
        isWanted = context.isWanted ?? isWanted
        return new Promise(() => undefined)
      },
    })
    const outcome = lastValueFrom(
      write(due, () => state),
      { defaultValue: undefined },
    )
    expect(isWanted()).toBe(true)
    scheduler.flush()

    expect(await outcome).toMatchObject({ result: 'failed', reason: 'The disk hangs.' })
    expect(isWanted()).toBe(false)
  })
})
