import { keccak256, toBytes } from 'viem'
import { describe, expect } from 'vitest'
import { follow } from './follow.js'
import { day } from './wemixContracts.js'
import { onWemix as it } from './onWemix.js'

describe('the title and description of a ballot', () => {
  it('say what each type asks for', async ({ chain }) => {
    const { registry, people, gov, addMember, removeMember, replaceMember, changeGov, changeEnv, signal } =
      await chain.wemix()
    const [first, second, , , , other, voter, impl] = people
    await addMember(other!, { node: 'seoul\u202e-1', voter: voter! })
    await removeMember(second!)
    await replaceMember(second!, other!)
    await changeGov(impl!)
    await changeEnv('ballotDurationMinMax', [day, 7n * day])
    await signal('software-upgrade', 'hello')
    await signal('software-upgrade', '{"name":"v2","height":5000}')
    await signal('colour', 'blue')
    const { poll, proposals } = follow({ urls: [chain.url], registry })
    await poll()
    const all = [...proposals.values()]

    expect(all.map(({ type, title }) => [type, title])).toStrictEqual([
      ['membership', `Add member ${other} (seoul-1)`],
      ['membership', `Remove member ${second}`],
      ['membership', `Replace member ${second} by ${other}`],
      ['parameter', `Point governance at ${impl}`],
      ['parameter', 'Change ballotDurationMinMax to 1 d to 7 d'],
      ['parameter', 'Set software-upgrade to "hello"'],
      ['upgrade', 'Upgrade v2 at height 5000'],
      ['parameter', `Set the variable ${keccak256(toBytes('colour')).slice(0, 10)}… to "blue"`],
    ])
    expect(all[7]!.description).toContain(
      `Sets the variable ${keccak256(toBytes('colour'))}, of type String: that is the hash of its name`,
    )
    expect(all[0]!.description).toContain(
      `Adds member ${other} (seoul-1), voter ${voter}, node at 10.0.0.9:8589, 1500000 WEMIX locked.`,
    )
    expect(all[1]!.description).toContain(`Removes member ${second}, 1000000 WEMIX unlocked, 500000 WEMIX slashed.`)
    expect(all[3]!.actions).toStrictEqual([
      { target: gov, value: 0n, selector: '0x3659cfe6', signature: 'upgradeTo(address)', effect: 'governance' },
    ])
    expect(all.map(({ proposer }) => proposer)).toStrictEqual(Array.from({ length: 8 }, () => first))
  })
})
