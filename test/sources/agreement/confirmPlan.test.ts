import { lastValueFrom } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { DueAt } from '../../../src/domain/plans/dueAt.js'
import { defined } from '../../../src/domain/defined.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { confirmPlan } from '../../../src/sources/agreement/confirmPlan.js'
import { proposal, upgrade } from '../../support/builders.js'
import { nodeThat } from './nodesGiven.js'

describe('nodes that are asked for a plan', () => {
  const doubtOf = (wanted: DueAt, told: DueAt): Promise<string | undefined> => {
    const { height: _height, ...plan } = upgrade('7', 'v2', 100)
    const waiting: Upgrade = { ...plan, ...defined(wanted) }
    const readers = [nodeThat({ host: 'a:1', says: () => proposal('7') })]
    const doubt$ = confirmPlan(waiting, { readers, agreement: 1, planOf: () => ({ name: 'v2', ...defined(told) }) })
    return lastValueFrom(doubt$, { defaultValue: { doubt: 'no answer' } }).then(({ doubt }) => doubt)
  }

  it.each([{ height: 100 }, { time: 5_000n }])('confirm it as they tell it themselves: %o', async (due) => {
    expect(await doubtOf(due, due)).toBeUndefined()
  })

  it.each([
    [{ height: 100 }, { height: 101 }, 'height 100'],
    [{ time: 5_000n }, { time: 5_001n }, '1970-01-01T01:23:20.000Z'],
    [{ time: 5_000n }, { height: 5_000 }, '1970-01-01T01:23:20.000Z'],
  ])('do not confirm what is due elsewhere: %o, for they tell %o', async (wanted, told, due) => {
    expect(await doubtOf(wanted, told)).toMatch(
      new RegExp(`confirm v2 at ${due.replaceAll('.', '\\.')}, 1 must: a:1 does not`),
    )
  })
})
