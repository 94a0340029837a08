import { describe, expect, it } from 'vitest'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import { createAudit } from '../../../src/sources/agreement/auditScheduled.js'
import { byKey, queued, reading, upgrade, upgradeProposal } from '../../support/builders.js'
import { fails, type GivenNode, nodeThat, nodesThatSay } from './nodesGiven.js'

const saidToBe = (status: Proposal['status']): Proposal => upgradeProposal('1', 'v2', 100, { status })
const executed = saidToBe('executed')
const canceled = saidToBe('canceled')

/** An audit of the upgrade of one known proposal, of which two nodes must report the same. */
function given(witnesses: readonly GivenNode[], known = executed, parts: Parameters<typeof upgrade>[3] = {}) {
  let [time, proposal] = [0, known]
  const audit = createAudit({
    witnesses,
    agreement: 2,
    known: () => ({ proposals: byKey(proposal), upgrades: queued(upgrade('1', 'v2', 100, parts)) }),
    now: () => time,
  })
  return {
    audit,
    wait: (ms: number) => void (time += ms),
    becomes: (next: Proposal) => void (proposal = next),
    asked: () => witnesses.map((one) => one.asked.length),
  }
}
const nothing = { denied: [], unknown: [] }

describe('the proposal of a scheduled upgrade', () => {
  it('is asked about at once, and again after ten minutes if enough nodes confirm that it has passed', async () => {
    const { audit, wait, asked } = given(nodesThatSay(executed, executed))
    expect(await audit(reading(10))).toStrictEqual(nothing)
    wait(599_999)
    await audit(reading(11))
    expect(asked()).toStrictEqual([1, 1])
    wait(1)
    await audit(reading(12))
    expect(asked()).toStrictEqual([2, 2])
  })

  it('is asked about in its turn, if nodes do not agree on more than twenty and readings are a minute apart', async () => {
    const ids = Array.from({ length: 25 }, (_, at) => String(at + 1))
    const all = ids.map((id) => upgradeProposal(id, `v${id}`, 100 + Number(id), { status: 'executed' }))
    const node = nodeThat({ says: fails })
    let time = 0
    const audit = createAudit({
      witnesses: [node],
      agreement: 1,
      known: () => ({
        proposals: byKey(...all),
        upgrades: queued(...ids.map((id) => upgrade(id, `v${id}`, 100 + Number(id)))),
      }),
      now: () => time,
    })
    await audit(reading(10))
    time += 60_000
    await audit(reading(11))
    expect(new Set(node.asked).size).toBe(25)
  })

  it('is denied if enough nodes agree that it did not pass, with the nodes that claim it', async () => {
    const { audit } = given(nodesThatSay(executed, canceled, canceled))
    expect(await audit(reading(10))).toStrictEqual({ denied: [{ proposal: canceled, hosts: ['a'] }], unknown: [] })
  })

  it('is unknown if enough nodes do not have it', async () => {
    const { audit } = given(nodesThatSay(executed, undefined, undefined))
    expect(await audit(reading(10))).toStrictEqual({ denied: [], unknown: [{ proposal: executed, hosts: ['a'] }] })
  })

  it('is not unknown if enough nodes find it in another block than the node that was read', async () => {
    const placed = { ...executed, origin: { block: 4n, hash: '0x1', index: 0 } }
    const { origin: _none, ...unplaced } = executed
    const honest = ['b', 'c'].map((host) => ({
      ...nodeThat({ host }),
      readProposal: (...[, , , near]: Parameters<GivenNode['readProposal']>) =>
        Promise.resolve(near === undefined ? unplaced : undefined),
    }))
    const { audit } = given([...nodesThatSay(placed), ...honest], placed)
    expect(await audit(reading(10))).toStrictEqual(nothing)
  })

  it('gets the block in which enough nodes find it', async () => {
    const at = (from: bigint): Proposal => ({ ...executed, origin: { block: from, hash: '0x1', index: 0 } })
    const honest = ['b', 'c'].map((host) => ({
      ...nodeThat({ host }),
      readProposal: (...[, , , near = 5n]: Parameters<GivenNode['readProposal']>) =>
        Promise.resolve(near === 5n ? at(5n) : undefined),
    }))
    const { audit } = given([...nodesThatSay(at(4n)), ...honest], at(4n))
    expect(await audit(reading(10))).toStrictEqual({ denied: [{ proposal: at(5n), hosts: [] }], unknown: [] })
  })

  it('is asked about again after a minute if the nodes neither confirm nor deny it', async () => {
    const down = nodeThat({ host: 'c', says: fails })
    const { audit, wait, asked } = given([...nodesThatSay(executed, canceled), down])
    expect(await audit(reading(10))).toStrictEqual(nothing)
    wait(60_000)
    await audit(reading(11))
    expect(asked()).toStrictEqual([2, 2, 2])
  })

  it('is asked about again once its status changes', async () => {
    const passed = saidToBe('passed')
    const { audit, becomes, asked } = given(nodesThatSay(executed, executed), passed)
    await audit(reading(10))
    becomes(executed)
    await audit(reading(11))
    expect(asked()).toStrictEqual([2, 2])
  })

  it('is not answered for by a node that is behind the block at which it was first read', async () => {
    const behind = ['b', 'c'].map((host) =>
      nodeThat({ host, reports: () => reading(8), says: () => saidToBe('voting') }),
    )
    const { audit, asked } = given([...nodesThatSay(executed), ...behind], { ...executed, readAt: 9n })
    expect(await audit(reading(10))).toStrictEqual(nothing)
    expect(asked()).toStrictEqual([1, 0, 0])
  })

  it('is unknown if enough nodes do not have it, though it was first read at a block that the chain never had', async () => {
    const honest = ['b', 'c'].map((host) => nodeThat({ host, reports: () => reading(10) }))
    const { audit } = given([...nodesThatSay(executed), ...honest], { ...executed, readAt: 5_010n })
    expect(await audit(reading(10))).toMatchObject({ unknown: [{ proposal: { id: '1' } }] })
  })

  it('is not denied by answers of nodes for an older block, as with finality below the head', async () => {
    const older = { ...saidToBe('voting'), readAt: 8n }
    const { audit } = given(nodesThatSay(executed, older, older), { ...executed, readAt: 9n })
    expect(await audit(reading(10))).toStrictEqual(nothing)
  })
})

it.each<[string, Proposal, Parameters<typeof upgrade>[3], readonly Proposal[]]>([
  ['whose upgrade is not scheduled', executed, { status: 'refused' }, []],
  ['that has not passed', saidToBe('voting'), {}, []],
  ['that this reading reports as over', executed, {}, [canceled]],
])('nobody is asked about a proposal %s', async (_what, known, parts, read) => {
  const { audit, asked } = given(nodesThatSay(canceled, canceled), known, parts)
  expect(await audit(reading(10, read))).toStrictEqual(nothing)
  expect(asked()).toStrictEqual([0, 0])
})

it('nobody is asked about a proposal that this reading retracts', async () => {
  const { audit, asked } = given(nodesThatSay(canceled, canceled))
  await audit(reading(10, [], { retracted: [keyOf(executed)] }))
  expect(asked()).toStrictEqual([0, 0])
})
