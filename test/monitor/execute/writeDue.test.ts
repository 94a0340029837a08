import { lastValueFrom, of, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../../src/domain/chainState.js'
import type { WriteOutcome } from '../../../src/domain/upgrades/writeOutcome.js'
import { newChain } from '../../../src/domain/newChain.js'
import { writeDue, type WriteDueOptions } from '../../../src/monitor/execute/writeDue.js'
import { withTimeLimit } from '../../../src/monitor/execute/withTimeLimit.js'
import { block, byKey, queued, upgrade, upgradeProposal } from '../../support/builders.js'

const due = upgrade('1', 'v2', 100)
const state: ChainState = {
  ...newChain('local', 0),
  head: block(100),
  proposals: byKey(upgradeProposal('1', 'v2', 100, { status: 'passed' })),
  upgrades: queued(due),
}

/** What the writing of an upgrade comes to, by a writer that would write it. */
const outcomeOf = (
  options: Partial<WriteDueOptions> = {},
  upgrade = due,
  latest: () => ChainState = () => state,
): Promise<WriteOutcome | undefined> =>
  lastValueFrom(
    writeDue({
      scheduling: { leadBlocks: 0, when: 'at-height' },
      vouch: () => of({ by: { block: ['a:1'] } }),
      limited: withTimeLimit({ limitMs: 120_000 }),
      lateDisk: 'The disk hangs.',
      write: () => Promise.resolve({ result: 'skipped', key: 'the writer was asked' }),
      ...options,
    })(upgrade, latest),
    { defaultValue: undefined },
  )
const calledOff: ChainState = { ...state, upgrades: queued({ ...due, status: 'cancelled' }) }

describe('a due upgrade', () => {
  it('goes to the writer once it is vouched for', async () => {
    expect(await outcomeOf()).toMatchObject({
      key: 'the writer was asked',
      plan: { name: 'v2', height: 100 },
      vouchedBy: { block: ['a:1'] },
    })
  })

  it('is not written where the nodes have a doubt, and says which', async () => {
    expect(
      await outcomeOf({ vouch: () => of({ doubt: 'b:1 says otherwise.', by: { block: ['a:1'] } }) }),
    ).toMatchObject({
      result: 'failed',
      key: due.key,
      reason: 'b:1 says otherwise.',
      vouchedBy: { block: ['a:1'] },
    })
  })

  it('is no matter of a file where none would have been written, and the nodes have a doubt', async () => {
    const vouch: WriteDueOptions['vouch'] = () => of({ doubt: 'b:1 says otherwise.', by: {} })
    expect(await outcomeOf({ vouch, write: undefined })).toMatchObject({ result: 'failed', isFileless: true })
    expect(await outcomeOf({ vouch }, { ...due, unwritten: true })).toMatchObject({ isFileless: true })
    expect(await outcomeOf({ vouch })).not.toHaveProperty('isFileless')
  })

  it('is passed over where nothing is written, or not for this one', async () => {
    expect(await outcomeOf({ write: undefined })).toMatchObject({ result: 'skipped', key: due.key })
    expect(await outcomeOf({}, { ...due, unwritten: true })).toMatchObject({ result: 'skipped', key: due.key })
  })
})

describe('a plan that is called off', () => {
  it('by the time it comes to its turn is asked about nowhere', async () => {
    const vouch: WriteDueOptions['vouch'] = () => expect.unreachable()
    expect(await outcomeOf({ vouch }, due, () => calledOff)).toMatchObject({ result: 'held' })
  })

  it('while the writer looks at the disk is not wanted any more right before the file appears', async () => {
    let latest = state
    const wanted: (boolean | undefined)[] = []
    const write: WriteDueOptions['write'] = ({ key }, { isWanted }) => {
      wanted.push(isWanted?.())
      latest = calledOff
      wanted.push(isWanted?.())
      return Promise.resolve({ result: 'held', key, reason: '' })
    }
    await outcomeOf({ write }, due, () => latest)
    expect(wanted).toStrictEqual([true, false])
  })
})

describe('the writer', () => {
  it('is told the block that makes it due, and the head that is only claimed', async () => {
    let context: unknown
    const write: WriteDueOptions['write'] = ({ key }, given) => {
      context = given
      return Promise.resolve({ result: 'unchanged', key })
    }
    await outcomeOf({ write }, due, () => ({ ...state, head: block(5_000) }))
    expect(context).toMatchObject({ head: 100n, newest: 5_000n })
  })
})

describe('a writing that the disk holds up', () => {
  it('is told as late, and finds itself not wanted any more when the disk comes back', async () => {
    const scheduler = new VirtualTimeScheduler()
    let isWanted = (): boolean => false
    const write = writeDue({
      scheduling: { leadBlocks: 0, when: 'at-height' },
      vouch: () => of({ by: { block: ['a:1'] } }),
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
