import { describe, expect, it } from 'vitest'
import { defined } from '../../../src/domain/defined.js'
import { SourceError } from '../../../src/domain/errors.js'
import type { Plan } from '../../../src/domain/plans/plan.js'
import { upgradeContract } from '../../../src/domain/proposals/announced.js'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { crossCheck, type CrossCheckOptions } from '../../../src/sources/agreement/crossCheck.js'
import { byKey, proposal, queued, reading, upgrade, upgradeProposal } from '../../support/builders.js'
import { fails, type GivenNode, nodesThatSay, nodeThat } from './nodesGiven.js'

const sound = upgradeProposal('1', 'v2', 100)
const forged = upgradeProposal('1', 'v2-forged', 100)

interface Given {
  /** What the node that is read reports. */
  readonly told: GoodReading
  readonly witnesses: readonly GivenNode[]
  readonly known?: readonly Proposal[]
  readonly upgrades?: readonly Upgrade[]
}

/** A node that is read, and witnesses of which two must agree; `wait` moves the clock. */
function given({ told, witnesses, known = [], upgrades = [] }: Given) {
  let time = 0
  let tells = told
  const options: CrossCheckOptions = {
    witnesses,
    agreement: 2,
    known: () => ({ proposals: byKey(...known), upgrades: queued(...upgrades) }),
    now: () => time,
  }
  const node = nodeThat({ reports: () => tells })
  const checked = crossCheck(node, options)
  return {
    node,
    read: () => checked.read({ open: known, signal: new AbortController().signal }),
    nowTells: (next: GoodReading) => void (tells = next),
    wait: (ms: number) => void (time += ms),
  }
}
const asked = (witnesses: readonly GivenNode[]): readonly (readonly string[])[] => witnesses.map((one) => one.asked)

describe('a proposal that enough nodes report like the node that is read', () => {
  it('is returned unchanged, and every node is asked for it once', async () => {
    const witnesses = nodesThatSay(sound, sound)
    const { read } = given({ told: reading(10, [sound]), witnesses })

    expect(await read()).toStrictEqual(reading(10, [sound]))
    await read()
    expect(asked(witnesses)).toStrictEqual([['1'], ['1']])
  })

  it('is asked for again once the node reports another content', async () => {
    const witnesses = nodesThatSay(sound, sound)
    const { read, nowTells } = given({ told: reading(10, [sound]), witnesses })
    await read()
    nowTells(reading(11, [forged]))

    await expect(read()).rejects.toThrow(/another content than/)
    expect(asked(witnesses)).toStrictEqual([
      ['1', '1'],
      ['1', '1'],
    ])
  })
})

describe('a proposal that only the node that is read reports', () => {
  const text = proposal('5', { status: 'voting' })
  const ignorant = (host: string, block = 10): GivenNode => nodeThat({ host, reports: () => reading(block) })

  it('is not read, with or without a plan', async () => {
    for (const told of [text, sound]) {
      const { read } = given({ told: reading(10, [told]), witnesses: [ignorant('b'), ignorant('c')] })
      for (const _time of [1, 2])
        await expect(read()).rejects.toThrow(
          `A node of local reports proposal ${told.id}, which 2 nodes do not know. It is not read as long as it does so.`,
        )
    }
  })

  it.for([
    ['have not reached its block', [ignorant('b', 9), ignorant('c', 9)]],
    ['are too few', [ignorant('b'), nodeThat({ host: 'c', says: fails })]],
  ] as const)('is read if those that do not know it %s', async ([_what, witnesses]) => {
    const { read } = given({ told: reading(10, [text]), witnesses })
    expect((await read()).proposals).toStrictEqual([text])
  })

  it('is not read either as one of many that are open or have a plan ahead', async () => {
    const open = Array.from({ length: 50 }, (_, at) => proposal(String(at + 10), { status: 'voting' }))
    const plans = Array.from({ length: 20 }, (_, at) => upgradeProposal(String(at + 10), `v${at}`, 100 + at))
    for (const real of [open, plans.map((one): Proposal => ({ ...one, status: 'executed' }))]) {
      const says = (id: string): Proposal | undefined => real.find((one) => one.id === id)
      const witnesses = ['b', 'c'].map((host) => nodeThat({ host, says }))
      const { read } = given({ told: reading(10, [...real, text]), witnesses })
      await expect(read()).rejects.toThrow('reports proposal 5, which 2 nodes do not know')
    }
  })

  it('is not read either behind twenty real ones for which the node names wrong blocks', async () => {
    const origin = { block: 5n, hash: '0x05', index: 0 }
    const real = Array.from({ length: 20 }, (_, at) => proposal(String(at + 10), { status: 'voting', origin }))
    const witnesses = ['b', 'c'].map((host) => ({
      ...nodeThat({ host }),
      // They find none of them in that block.
      readProposal: (_contract: string, id: string, _signal: AbortSignal, near?: bigint) =>
        Promise.resolve(near === undefined ? real.find((one) => one.id === id) : undefined),
    }))
    const { read } = given({ told: reading(10, [...real, { ...text, origin }]), witnesses })
    await expect(read()).rejects.toThrow('reports proposal 5, which 2 nodes do not know')
  })

  it('is read, once it was known before', async () => {
    const { read } = given({ told: reading(10, [text]), witnesses: [ignorant('b'), ignorant('c')], known: [text] })
    expect((await read()).proposals).toStrictEqual([text])
  })
})

describe('a plan without a proposal that the other nodes have already carried out', () => {
  it('keeps its info, which they no longer know', async () => {
    const holding = (plan: Plan, applied?: bigint): Proposal =>
      upgradeProposal('v2@100', 'v2', 100, {
        status: 'passed',
        contract: upgradeContract,
        finding: { plan, origin: 'chain', problems: [], ...defined({ applied }) },
      })
    const scheduled = holding({ name: 'v2', height: 100, info: 'What to run.' })
    const carriedOut = holding({ name: 'v2', height: 100 }, 100n)
    const { read } = given({ told: reading(99, [scheduled]), witnesses: nodesThatSay(carriedOut, carriedOut) })

    expect(await read()).toStrictEqual(reading(99, [scheduled]))
  })
})

describe('a proposal that enough nodes report differently', () => {
  it('fails the reading at that node, so that the next one is read', async () => {
    const { read } = given({ told: reading(10, [forged]), witnesses: nodesThatSay(forged, sound, sound) })

    await expect(read()).rejects.toMatchObject({
      name: 'SourceError',
      kind: 'transient',
      message:
        'A node of local reports proposal 1 with another content than the one that 2 nodes agree on. It is not read as long as it does so.',
    })
  })

  it('is corrected if it is already known, with a warning that names the node', async () => {
    const { read } = given({
      told: reading(10, [{ ...forged, status: 'queued' }]),
      known: [forged],
      witnesses: nodesThatSay(forged, sound, sound),
    })

    const { proposals, warnings, disagreements } = await read()
    expect(disagreements).toMatchObject([{ proposalId: '1', odd: ['a'], isSettled: true }])
    expect(proposals).toStrictEqual([{ ...sound, status: 'queued' }])
    expect(warnings).toStrictEqual([
      `a reported proposal 1 of ${sound.contract} on local with another content than the one that 2 nodes agree on. Theirs is used. Check that node: its answers cannot be trusted.`,
    ])
  })

  it('is corrected for later readings, too, and a node that still reports it differently is not read', async () => {
    const { node, read } = given({
      told: reading(10, [forged]),
      known: [forged],
      witnesses: nodesThatSay(forged, sound, sound),
    })
    await read()

    await expect(read()).rejects.toThrow(/another content than/)
    expect(node.requests.map(({ open }) => open)).toStrictEqual([[forged], [sound]])
  })

  it('is corrected if it is scheduled, also if the node does not report it', async () => {
    const { read } = given({
      told: reading(10),
      known: [forged],
      upgrades: [upgrade('1', 'v2-forged', 100)],
      witnesses: nodesThatSay(sound, sound),
    })

    expect((await read()).proposals).toStrictEqual([sound])
  })

  it('is not brought back if the reading removes it', async () => {
    const told = reading(10, [], { retracted: [keyOf(forged)] })
    const { read } = given({
      told,
      known: [forged],
      upgrades: [upgrade('1', 'v2-forged', 100)],
      witnesses: nodesThatSay(sound, sound),
    })

    expect(await read()).toStrictEqual(told)
  })

  it.each<[string, Partial<Upgrade>, Partial<Proposal>]>([
    ['whose upgrade is over', { status: 'completed' }, {}],
    ['that was edited', {}, { edited: true }],
  ])('is left alone if the node does not report one %s', async (_what, ofUpgrade, ofProposal) => {
    const witnesses = nodesThatSay(sound, sound)
    const { read } = given({
      told: reading(10),
      known: [{ ...forged, ...ofProposal }],
      upgrades: [upgrade('1', 'v2-forged', 100, ofUpgrade)],
      witnesses,
    })

    expect((await read()).proposals).toStrictEqual([])
    expect(asked(witnesses)).toStrictEqual([[], []])
  })
})

describe('a proposal that the nodes do not agree on', () => {
  it('is returned as it was read, with one warning that says who reports what', async () => {
    const { read } = given({ told: reading(10, [sound]), witnesses: nodesThatSay(sound, forged, undefined) })

    const { proposals, warnings, disagreements } = await read()
    expect(disagreements).toMatchObject([{ odd: [], isSettled: false, sides: [{ hosts: ['a'] }, { hosts: ['b'] }] }])
    expect(proposals).toStrictEqual([sound])
    expect(warnings).toStrictEqual([
      `The nodes of local do not agree on the content of proposal 1 of ${sound.contract}: a, and b each report a different one. govstream does not act on its plan until enough nodes agree.`,
    ])
    expect((await read()).warnings).toStrictEqual([])
  })

  it('is asked for again after a minute, without another warning', async () => {
    const witnesses = nodesThatSay(sound, forged)
    const { read, wait } = given({ told: reading(10, [sound]), witnesses })
    await read()
    wait(59_999)
    await read()
    expect(asked(witnesses)).toStrictEqual([['1'], ['1']])

    wait(1)
    expect((await read()).warnings).toStrictEqual([])
    expect(asked(witnesses)).toStrictEqual([
      ['1', '1'],
      ['1', '1'],
    ])
  })

  it('is asked for again and corrected if it was executed and is not read any more', async () => {
    const [executed, odd] = [sound, forged].map((one): Proposal => ({ ...one, status: 'executed' }))
    let isUp = false
    const witnesses = ['b', 'c'].map((host) => nodeThat({ host, says: () => (isUp ? executed : fails()) }))
    const { read, nowTells, wait } = given({ told: reading(10, [odd!]), witnesses, known: [odd!] })
    expect((await read()).proposals).toStrictEqual([odd])
    nowTells(reading(11))
    isUp = true
    wait(60_000)
    expect((await read()).proposals).toMatchObject([{ status: 'executed', finding: sound.finding }])
  })

  it('is told after a minute if the others that answer do not show its plan, but not if they are down', async () => {
    const withholding = (): Promise<never> =>
      Promise.reject(new SourceError('transient', 'It keeps no old logs.', { withholds: true }))
    const tellsOf = async (says: () => Promise<never>, told = sound): Promise<unknown> => {
      const witnesses = [nodeThat({ host: 'a', says: () => told }), nodeThat({ host: 'b', says })]
      const { read, wait } = given({ told: reading(10, [told]), witnesses })
      expect(await read()).not.toHaveProperty('disagreements')
      wait(60_000)
      return (await read()).disagreements
    }
    const plan = { name: 'v2', height: 100 }
    expect(await tellsOf(withholding)).toMatchObject([
      { proposalId: '1', about: 'content', sides: [{ hosts: ['a'], plan }], odd: [], isSettled: false },
    ])
    expect(await tellsOf(fails)).toBeUndefined()
    expect(await tellsOf(withholding, proposal('1'))).toBeUndefined()
    expect(await tellsOf(withholding, upgradeProposal('1', 'v2', 9, { status: 'executed' }))).toBeUndefined()
    const calledOff = { ...sound.finding!, withdrawn: 'It is off.' }
    expect(await tellsOf(withholding, { ...sound, finding: calledOff })).toBeUndefined()
  })

  it('is not told if the other node was down, and is only behind when it answers again', async () => {
    let says: () => Proposal | undefined | Promise<never> = fails
    const witnesses = [nodeThat({ host: 'a', says: () => sound }), nodeThat({ host: 'b', says: () => says() })]
    const { read, wait } = given({ told: reading(10, [sound]), witnesses })
    const tells = async (answer: typeof says): Promise<unknown> => {
      says = answer
      wait(60_000)
      return (await read()).disagreements
    }
    expect([await tells(fails), await tells(() => undefined), await tells(() => sound)]).toStrictEqual(
      Array.from({ length: 3 }),
    )
  })

  it('causes no warning if the others do not know it, or fail', async () => {
    const witnesses = [...nodesThatSay(sound, undefined), nodeThat({ host: 'c', says: fails })]

    expect(await given({ told: reading(10, [sound]), witnesses }).read()).toStrictEqual(reading(10, [sound]))
  })
})

describe('the nodes are asked', () => {
  it.each<[string, Partial<Proposal>]>([
    ['open', { status: 'voting' }],
    ['executed, with a plan that is still ahead', { status: 'executed' }],
    ['passed with such a plan on a chain without an execution step', { status: 'passed', carriedOut: true }],
  ])('for a proposal that is %s', async (_what, parts) => {
    const witnesses = nodesThatSay(sound, sound)
    await given({ told: reading(10, [{ ...sound, ...parts }]), witnesses }).read()

    expect(asked(witnesses)).toStrictEqual([['1'], ['1']])
  })

  it.each<[string, Partial<Proposal>]>([
    ['was edited, because nodes report the text that it was submitted with', { edited: true }],
    ['was canceled', { status: 'canceled' }],
    ['was rejected', { status: 'rejected' }],
  ])('for no proposal that %s', async (_what, parts) => {
    const witnesses = nodesThatSay(sound, sound)
    await given({ told: reading(10, [{ ...sound, ...parts }]), witnesses }).read()

    expect(asked(witnesses)).toStrictEqual([[], []])
  })

  it('for an executed proposal in a portion of the history only if the height of its plan is not past', async () => {
    const done = [9, 10, 11].map((height) => upgradeProposal(String(height), 'v2', height, { status: 'executed' }))
    const plain = proposal('5', { status: 'executed' })
    const witness = nodeThat({ says: (id) => done.find((one) => one.id === id) })
    const told = reading(10, [...done, plain], { backlog: 1n })
    await given({ told, witnesses: [witness, witness] }).read()

    expect([...new Set(witness.asked)]).toStrictEqual(['10', '11'])
  })

  it('for twenty proposals per reading, those with a plan that is ahead first', async () => {
    const plain = Array.from({ length: 24 }, (_, at) => proposal(String(at + 2)))
    const told = reading(10, [...plain, sound])
    const says = (id: string): Proposal | undefined => told.proposals.find((one) => one.id === id)
    const witnesses = [nodeThat({ host: 'a', says }), nodeThat({ host: 'b', says })]
    const { read } = given({ told, witnesses, known: told.proposals })

    await read()
    expect(witnesses.map((one) => [one.asked.length, one.asked[0]])).toStrictEqual([
      [20, '1'],
      [20, '1'],
    ])
    await read()
    expect(asked(witnesses).map((ids) => new Set(ids).size)).toStrictEqual([25, 25])
  })

  it('for one that is open before those that are over, so that none of many hides one that a node invents', async () => {
    const past = Array.from({ length: 25 }, (_, at) =>
      upgradeProposal(String(at + 1), `v${at}`, at + 1, { status: 'executed' }),
    )
    const says = (id: string): Proposal | undefined => past.find((one) => one.id === id)
    const told = reading(50, [...past, proposal('99')])
    const witnesses = ['b', 'c'].map((host) => nodeThat({ host, says, reports: () => told }))

    await expect(given({ told, witnesses }).read()).rejects.toThrow('reports proposal 99, which 2 nodes do not know')
  })

  it('for those first that have waited longest, if nodes do not agree and readings are a minute apart', async () => {
    const plans = Array.from({ length: 25 }, (_, at) => upgradeProposal(String(at + 1), `v${at}`, 100))
    const witnesses = [nodeThat({ host: 'a', says: fails }), nodeThat({ host: 'b', says: fails })]
    const { read, wait } = given({ told: reading(10, plans), witnesses, known: plans })

    await read()
    wait(60_000)
    await read()
    expect(asked(witnesses).map((ids) => new Set(ids).size)).toStrictEqual([25, 25])
  })
})

it('the request to vouch is passed on to the reading', async () => {
  const heard: unknown[] = []
  const checked = crossCheck(nodeThat({ host: 'a' }), {
    witnesses: [],
    agreement: 2,
    known: () => ({ proposals: new Map(), upgrades: new Map() }),
    now: () => 0,
  })
  await checked.read({
    open: [],
    signal: new AbortController().signal,
    vouch: ({ host, at }) => {
      heard.push([host, at.number])
      return Promise.resolve()
    },
  })

  expect(heard).toStrictEqual([['a', 10n]])
})
