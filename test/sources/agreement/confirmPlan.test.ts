import { lastValueFrom } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { DueAt } from '../../../src/domain/plans/dueAt.js'
import type { Plan } from '../../../src/domain/plans/plan.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import { defined } from '../../../src/domain/defined.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { confirmPlan } from '../../../src/sources/agreement/confirmPlan.js'
import { proposal, upgrade } from '../../support/builders.js'
import { fails, nodeThat } from './nodesGiven.js'

const containing = (text: string): unknown => expect.stringContaining(text)

describe('nodes that are asked for a plan', () => {
  const doubtOf = (wanted: DueAt, told: DueAt): Promise<string | undefined> => {
    const { height: _height, ...plan } = upgrade('7', 'v2', 100)
    const waiting: Upgrade = { ...plan, ...defined(wanted) }
    const readers = [nodeThat({ host: 'a:1', says: () => proposal('7') })]
    const planOf = (): Plan => ({ name: 'v2', ...defined(told) })
    const doubt$ = confirmPlan(waiting, { readers, agreement: 1, planOf, patienceMs: 0 })
    return lastValueFrom(doubt$, { defaultValue: { doubt: 'no answer' } }).then(({ doubt }) => doubt)
  }

  it.each([{ height: 100 }, { time: 5_000n }])('confirm it if they report the same: %o', async (due) => {
    expect(await doubtOf(due, due)).toBeUndefined()
  })

  it.each([
    [{ height: 100 }, { height: 101 }, 'height 100'],
    [{ time: 5_000n }, { time: 5_001n }, '1970-01-01T01:23:20.000Z'],
    [{ time: 5_000n }, { height: 5_000 }, '1970-01-01T01:23:20.000Z'],
  ])('do not confirm %o if they report %o', async (wanted, told, due) => {
    expect(await doubtOf(wanted, told)).toMatch(
      new RegExp(`confirm v2 at ${due.replaceAll('.', '\\.')}, 1 must: a:1 does not`),
    )
  })

  const info = { binaries: { any: 'https://good.example/v2', other: 'x' } }
  const wanted: Upgrade = { ...upgrade('7', 'v2', 100), info }
  const ours: Plan = { name: 'v2', height: 100, info }
  const hosts = ['a:1', 'b:1', 'c:1']
  /** The result of asking nodes that each report this plan, no plan, or fail. */
  const confirmed = (plans: readonly (Plan | undefined | 'fails')[], agreement: number, due = wanted) => {
    const asked: unknown[] = []
    const nodes = plans.map((plan, index) => ({
      ...nodeThat({ host: hosts[index]! }),
      readProposal: (...[contract, id, , near]: Parameters<GovernanceReader['readProposal']>) => {
        asked.push([contract, id, near])
        return plan === 'fails' ? fails() : Promise.resolve(proposal('7', { title: String(index) }))
      },
    }))
    const planOf = ({ title }: Proposal): Plan | undefined => {
      const plan = plans[Number(title)]
      return plan === 'fails' ? undefined : plan
    }
    const answer$ = confirmPlan(due, { readers: nodes, agreement, planOf, near: 55n, patienceMs: 0 })
    return lastValueFrom(answer$, { defaultValue: undefined }).then((answer) => ({ answer, asked }))
  }

  it('are each asked for that proposal, near the block it was submitted in', async () => {
    const { asked } = await confirmed([ours, ours, ours], 3)
    expect(asked).toStrictEqual(Array(3).fill([wanted.contract, '7', 55n]))
  })

  it.each<[string, Plan | undefined | 'fails']>([
    ['another name', { ...ours, name: 'v2.1' }],
    ['the name in other letter case', { ...ours, name: 'V2' }],
    ['another height', { ...ours, height: 101 }],
    ['another info', { ...ours, info: { binaries: { any: 'https://evil.example/v2', other: 'x' } } }],
    ['no info', { name: 'v2', height: 100 }],
    ['the info as a text', { ...ours, info: JSON.stringify(info) }],
    ['no plan', undefined],
    ['nothing, because it fails', 'fails'],
  ])('do not confirm it if they report %s', async (_, told) => {
    const { answer } = await confirmed([ours, told], 2)
    expect(answer).toMatchObject({ hosts: ['a:1'], doubt: containing('At most 1 of 2 nodes confirm v2') })
    expect((await confirmed([told, ours, ours], 2)).answer).toStrictEqual({ hosts: ['b:1', 'c:1'] })
    expect((await confirmed([told, told, told], 1)).answer).toHaveProperty('doubt')
  })

  it('confirm an info whatever the order of its keys, and a missing info only by a missing one', async () => {
    const turned = { binaries: { other: 'x', any: 'https://good.example/v2' } }
    expect((await confirmed([ours, { ...ours, info: turned }], 2)).answer).toStrictEqual({ hosts: ['a:1', 'b:1'] })
    const { info: _, ...bare } = wanted
    const plain: Plan = { name: 'v2', height: 100 }
    expect((await confirmed([plain, plain], 2, bare)).answer).toStrictEqual({ hosts: ['a:1', 'b:1'] })
    expect((await confirmed([plain, ours], 2, bare)).answer).toHaveProperty('doubt')
  })

  it('do not count as more nodes than were asked', async () => {
    expect((await confirmed([ours], 2)).answer).toMatchObject({ doubt: containing('2 must') })
    expect((await confirmed([ours, ours], 3)).answer).toHaveProperty('doubt')
    expect((await confirmed([], 1)).answer).toStrictEqual({
      hosts: [],
      doubt: 'At most 0 of 0 nodes confirm v2 at height 100, 1 must: ',
    })
  })
})
