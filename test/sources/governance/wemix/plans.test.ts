import { stringToHex } from 'viem'
import { describe, expect } from 'vitest'
import { compareProposals } from '../../../../src/domain/proposals/compareProposals.js'
import { follow } from './follow.js'
import { onWemix as it } from './onWemix.js'

const planOf = (name: string, height: number): string => JSON.stringify({ name, height, info: { by: 'ballot' } })

describe('the plan of a ballot', () => {
  it('is the value of a String variable with a name that no contract knows', async ({ chain }) => {
    const { registry, signal, vote } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await signal('software-upgrade', planOf('v2', 5_000), { memo: 'Please run v2.' })
    await poll()
    const finding = { plan: { name: 'v2', height: 5_000, info: { by: 'ballot' } }, origin: 'env-val', problems: [] }
    expect(proposal(id)).toMatchObject({ type: 'upgrade', status: 'submitted', finding })
    await vote(id, true, 0)
    await vote(id, true, 1)
    await poll()
    expect(proposal(id)).toMatchObject({ type: 'upgrade', status: 'executed', finding })
  })

  it('is the memo of any ballot that is only such an object, padded with NUL or not', async ({ chain }) => {
    const { registry, people, addMember, changeGov } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const member = await addMember(people[5]!, { memo: `${stringToHex(planOf('v2', 5_000))}0000` })
    const other = await changeGov(people[5]!, { memo: planOf('v3', 6_000) })
    await poll()
    expect(proposal(member)).toMatchObject({
      type: 'membership',
      finding: { plan: { name: 'v2' }, origin: 'memo', problems: [] },
    })
    expect(proposal(other)).toMatchObject({
      type: 'upgrade',
      title: `Point governance at ${people[5]}`,
      finding: { plan: { name: 'v3' }, origin: 'memo', problems: [] },
    })
  })

  it('is a fenced block in the memo', async ({ chain }) => {
    const { registry, changeEnv } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [1n], {
      memo: `# v2\n\n\`\`\`upgrade-plan\n${planOf('v2', 5_000)}\n\`\`\`\n`,
    })
    await poll()
    expect(proposal(id)).toMatchObject({
      finding: { plan: { name: 'v2', height: 5_000 }, origin: 'fenced-block', problems: [] },
    })
  })

  it('can change with the memo until the ballot is final, and is the last one at the decision', async ({ chain }) => {
    const { registry, changeEnv, vote, editMemo } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [1n], { memo: planOf('v2', 5_000) })
    await vote(id, true, 0)
    await poll()
    const before = proposal(id)
    await editMemo(id, planOf('v2-evil', 4_000))
    await poll()
    expect(compareProposals(before, proposal(id)!)).toMatchObject([{ type: 'planEdited', from: { name: 'v2' } }])

    // The edit and the deciding vote are both between two polls.
    await editMemo(id, planOf('v2-final', 6_000))
    await vote(id, true, 1)
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'executed', finding: { plan: { name: 'v2-final', height: 6_000 } } })
  })

  it('that is in memo and value and differs is not usable', async ({ chain }) => {
    const { registry, signal } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await signal('software-upgrade', planOf('v2', 5_000), { memo: planOf('v3', 5_000) })
    await poll()
    expect(proposal(id)?.finding?.problems).not.toStrictEqual([])
  })

  it('is none in a value or memo that only looks similar', async ({ chain }) => {
    const { registry, signal, changeEnv } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const ids = [
      await signal('note', '{"hello":"world"}'),
      await signal('note', 'v2 at 5000'),
      await changeEnv('blocksPer', [5_000n], { memo: '{"title":"no plan"}' }),
    ]
    await poll()
    expect(ids.map((id) => [proposal(id)?.type, proposal(id)?.finding])).toStrictEqual([
      ['parameter', undefined],
      ['parameter', undefined],
      ['parameter', undefined],
    ])
  })
})
