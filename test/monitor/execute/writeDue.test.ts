import { EMPTY, lastValueFrom, NEVER, of, VirtualTimeScheduler } from 'rxjs'
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

/** No stop comes, and no file is in the way. */
const quiet = { stopping$: NEVER, takeAway: () => EMPTY }

/** The outcome of a due upgrade, with a writer that would write it. */
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
    })(upgrade, { ...quiet, latest }),
    { defaultValue: undefined },
  )
const calledOff: ChainState = { ...state, upgrades: queued({ ...due, status: 'cancelled' }) }

describe('a due upgrade', () => {
  it('goes to the writer once the nodes confirm it', async () => {
    expect(await outcomeOf()).toMatchObject({
      key: 'the writer was asked',
      plan: { name: 'v2', height: 100 },
      vouchedBy: { block: ['a:1'] },
    })
  })

  it('is not written if the nodes have a doubt, and reports that doubt', async () => {
    expect(
      await outcomeOf({ vouch: () => of({ doubt: 'b:1 says otherwise.', by: { block: ['a:1'] } }) }),
    ).toMatchObject({
      result: 'failed',
      key: due.key,
      reason: 'b:1 says otherwise.',
      vouchedBy: { block: ['a:1'] },
    })
  })

  it('whose file would not be written anyway is reported as doubted, without a file', async () => {
    const vouch: WriteDueOptions['vouch'] = () => of({ doubt: 'b:1 says otherwise.', by: {} })
    expect(await outcomeOf({ vouch, write: undefined })).toMatchObject({ result: 'failed', isFileless: true })
    expect(await outcomeOf({ vouch }, { ...due, unwritten: true })).toMatchObject({ isFileless: true })
    expect(await outcomeOf({ vouch })).not.toHaveProperty('isFileless')
  })

  it('is skipped if no file is written, in general or for this plan', async () => {
    expect(await outcomeOf({ write: undefined })).toMatchObject({ result: 'skipped', key: due.key })
    expect(await outcomeOf({}, { ...due, unwritten: true })).toMatchObject({ result: 'skipped', key: due.key })
  })
})

describe('a plan that is cancelled', () => {
  it('before its turn causes no request to the nodes', async () => {
    const vouch: WriteDueOptions['vouch'] = () => expect.unreachable()
    // With the plan, so that it is no answer about another plan that the upgrade has meanwhile.
    expect(await outcomeOf({ vouch }, due, () => calledOff)).toMatchObject({
      result: 'held',
      plan: { name: 'v2', height: 100 },
    })
  })

  it('while the writer reads the disk is not wanted any more right before the file is written', async () => {
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
  it('receives the block that makes the upgrade due, and the newest claimed head', async () => {
    let context: unknown
    const write: WriteDueOptions['write'] = ({ key }, given) => {
      context = given
      return Promise.resolve({ result: 'unchanged', key })
    }
    await outcomeOf({ write }, due, () => ({ ...state, head: block(5_000) }))
    expect(context).toMatchObject({ head: 100n, newest: 5_000n })
  })
})

describe('a write that hangs on the disk', () => {
  it('is reported as timed out, and is not wanted any more when the disk responds', async () => {
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
    const outcome = lastValueFrom(write(due, { ...quiet, latest: () => state }), { defaultValue: undefined })
    expect(isWanted()).toBe(true)
    scheduler.flush()

    expect(await outcome).toMatchObject({ result: 'failed', reason: 'The disk hangs.' })
    expect(isWanted()).toBe(false)
  })
})
