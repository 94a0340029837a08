import { describe, expect, it } from 'vitest'
import type { Head } from '../../../src/domain/blocks/head.js'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import { withPlanStanding } from '../../../src/domain/proposals/withPlanStanding.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { confirmWithdrawals } from '../../../src/sources/agreement/confirmWithdrawals.js'
import { cosmosTraits } from '../../../src/sources/governance/cosmos/reader.js'
import { governorTraits } from '../../../src/sources/governance/governor/reader.js'
import type { ReaderTraits } from '../../../src/sources/governance/ReaderTraits.js'
import { block, hashOf, reading, upgrade, upgradeProposal } from '../../support/builders.js'
import { fails, type GivenNode, nodeThat, nodesThatSay } from './nodesGiven.js'

const passed = upgradeProposal('7', 'v2', 100, { status: 'passed', readAt: 9n })
const canceled = upgradeProposal('7', 'v2', 100, { status: 'canceled' })
const voting = upgradeProposal('7', 'v2', 100, { status: 'voting' })
const key = keyOf(passed)
const gone = reading(10, [], { retracted: [key] })
const isCanceled = reading(10, [canceled])
const withdrawn = withPlanStanding(passed, { key, name: 'v2', height: 100, withdrawn: 'Proposal 8 cancelled it.' })
const isWithdrawn = reading(10, [], {
  standings: [{ key, name: 'v2', height: 100, withdrawn: 'Proposal 8 cancelled it.' }],
})
const isVoting = reading(10, [voting])

/** What comes of this reading where two of these nodes must agree, and how many of them were asked. */
async function outcome(
  told: GoodReading,
  witnesses: readonly GivenNode[],
  status: Upgrade['status'] = 'scheduled',
  {
    before = passed,
    traits = governorTraits,
    parts = {},
  }: {
    readonly before?: Proposal | 'forgotten'
    readonly traits?: ReaderTraits
    readonly parts?: Partial<Upgrade>
  } = {},
): Promise<readonly [string, number]> {
  const reader = confirmWithdrawals(
    { ...nodeThat({ host: 'a', reports: () => told }), traits },
    {
      witnesses,
      agreement: 2,
      known: () => ({
        proposals: new Map(before === 'forgotten' ? [] : [[key, before]]),
        upgrades: new Map([[key, upgrade('7', 'v2', 100, { status, ...parts })]]),
      }),
      now: () => 0,
    },
  )
  const result = await reader.read({ open: [], signal: new AbortController().signal }).then(
    (read) => (read === told ? 'believed' : `held: ${read.warnings.join()}`),
    (cause: unknown) => (cause instanceof Error ? cause.message : ''),
  )
  return [result, witnesses.reduce((sum, { asked }) => sum + asked.length, 0)]
}

const down = nodeThat({ host: 'b', says: fails })
/** A node that has not reached the block at which the proposal was last read. */
const behind = (proposal?: Proposal) => nodeThat({ host: 'b', reports: () => reading(8), says: () => proposal })
const says = (...proposals: readonly (Proposal | undefined)[]) => nodesThatSay(...proposals)

describe('a reading that takes a scheduled upgrade back, where two nodes must agree', () => {
  it.each([
    ['removed by a reorg', gone, says(undefined, undefined, passed)],
    ['canceled', isCanceled, says(canceled, passed, canceled)],
    ['cancelled by another proposal', isWithdrawn, says(withdrawn, passed, withdrawn)],
  ])('is believed if two say so: %s', async (_what, told, witnesses) => {
    expect(await outcome(told, witnesses)).toStrictEqual(['believed', 3])
  })

  it('is asked about at the block of its proposal, and without it where no proposal is there', async () => {
    const origin = { block: 5n, hash: hashOf(5n), index: 0 }
    const asked: (bigint | undefined)[] = []
    const witnesses = ['a', 'b', 'c'].map((host) => ({
      ...nodeThat({ host }),
      readProposal: (_contract: string, _id: string, _signal: AbortSignal, near?: bigint) => {
        asked.push(near)
        return Promise.resolve(host === 'a' || near === undefined ? canceled : undefined)
      },
    }))
    const before = { ...passed, origin }
    expect(await outcome(isCanceled, witnesses, 'scheduled', { before })).toStrictEqual(['believed', 0])
    expect(asked.slice(0, 3)).toStrictEqual([5n, 5n, 5n])
    expect(new Set(asked.slice(3))).toStrictEqual(new Set([undefined]))
  })

  it.each([
    ['has been removed by a reorg', gone, says(undefined, passed)],
    ['has been removed by a reorg', gone, [...says(undefined), down]],
    ['is canceled', isCanceled, says(canceled, passed)],
    ['is canceled', isCanceled, says(canceled, undefined)],
    ['is canceled', isCanceled, [...says(canceled), down]],
    ['has been removed by a reorg', gone, [...says(undefined), behind()]],
    ['has been cancelled by another proposal', isWithdrawn, says(withdrawn, passed)],
    ['is voting', isVoting, [...says(voting), behind(voting)]],
  ])('is held back if one says so: %s', async (what, told, witnesses) => {
    for (const status of ['scheduled', 'in_progress'] as const)
      expect((await outcome(told, witnesses, status))[0]).toBe(
        `held: a of local says that proposal ${passed.id}, whose upgrade v2 is ${status === 'scheduled' ? status : 'in progress'}, ${what}, and fewer than 2 nodes say so: the proposal keeps its status until they do, and its plan is not acted on. Check the other nodes in rpc.urls.`,
      )
  })
})

describe('a plan that a reading reports as cancelled when it first appears, where two nodes must agree', () => {
  const told = reading(10, [withdrawn], { standings: isWithdrawn.standings ?? [] })
  const readBy = (witnesses: readonly GivenNode[], before: readonly Proposal[] = []): Promise<GoodReading> =>
    confirmWithdrawals(
      { ...nodeThat({ host: 'a', reports: () => told }), traits: cosmosTraits },
      {
        witnesses,
        agreement: 2,
        known: () => ({ proposals: new Map(before.map((one) => [keyOf(one), one])), upgrades: new Map() }),
        now: () => 0,
      },
    ).read({ open: [], signal: new AbortController().signal })

  it.each([
    ['unknown', []],
    ['voted on', [voting]],
  ])('is not cancelled if only one says so, and waits (%s before)', async (_what, before) => {
    const { proposals, standings } = await readBy([...says(withdrawn, passed), down], before)
    for (const finding of [proposals[0]?.finding, standings?.[0]]) {
      expect(finding).not.toHaveProperty('withdrawn')
      expect(finding?.unsure).toContain('fewer than 2 nodes confirm it.')
    }
  })

  it('is not in doubt if two say that it stands', async () => {
    const { proposals, standings } = await readBy(says(withdrawn, passed, passed))
    expect([proposals, standings]).toStrictEqual([[passed], [{ key, name: 'v2', height: 100 }]])
  })

  it('is cancelled if two say so, and nobody is asked again', async () => {
    expect(await readBy(says(withdrawn, passed, withdrawn))).toBe(told)
    const witnesses = says(withdrawn, passed, withdrawn)
    expect(await readBy(witnesses, [withdrawn])).toBe(told)
    expect(witnesses.flatMap(({ asked }) => asked)).toStrictEqual([])
  })
})

describe('a plan that a reading reports as carried out, where two nodes must agree', () => {
  const applied = withPlanStanding(passed, { key, name: 'v2', height: 100, applied: 100n })
  const unsure = withPlanStanding(passed, { key, name: 'v2', height: 100, unsure: 'It does not say.' })
  const standings = [{ key, name: 'v2', height: 100, applied: 100n }]
  const isApplied = reading(101, [], { standings })
  const at = (host: string, number: number, says: Proposal) =>
    nodeThat({ host, reports: () => reading(number), says: () => says })
  const cosmos = { traits: cosmosTraits }
  const first = nodeThat({ host: 'a', reports: () => reading(101, [applied], { standings }) })
  const readBy = (witnesses: readonly GivenNode[]): Promise<GoodReading> =>
    confirmWithdrawals(
      { ...first, ...cosmos },
      { witnesses, agreement: 2, known: () => ({ proposals: new Map(), upgrades: new Map() }), now: () => 0 },
    ).read({ open: [], signal: new AbortController().signal })

  it.each(['pending', 'scheduled', 'in_progress', 'failed', 'cancelled', 'refused'] as const)(
    'is completed if two say so, and not if one does (%s before)',
    async (status) => {
      const two = [at('a', 101, applied), at('b', 100, applied), at('c', 101, passed)]
      expect((await outcome(isApplied, two, status, cosmos))[0]).toBe('believed')
      const one = [at('a', 101, applied), at('b', 100, passed), at('c', 101, passed)]
      expect((await outcome(isApplied, one, status, cosmos))[0]).toContain(
        'has been carried out, and fewer than 2 nodes say so',
      )
    },
  )

  it('makes nobody answer again once it is completed', async () => {
    const witnesses = [at('b', 101, passed), at('c', 101, passed)]
    expect(await outcome(isApplied, witnesses, 'completed', cosmos)).toStrictEqual(['believed', 0])
    expect(await outcome(isApplied, witnesses, 'in_progress', { ...cosmos, before: applied })).toStrictEqual([
      'believed',
      0,
    ])
  })

  it.each([
    ['are below its height', [at('b', 99, applied), at('c', 99, passed)]],
    ['do not know', [at('b', 101, unsure), at('c', 101, unsure)]],
  ])('waits, and the reading is used, if the others %s', async (_how, others) => {
    const before = first.requests.length
    const { proposals, standings: told } = await readBy([at('a', 101, applied), ...others])
    // It is not contradicted, so no other endpoint is read in its place.
    expect(first.requests.length - before).toBe(1)
    for (const finding of [proposals[0]?.finding, told?.[0]]) {
      expect(finding).not.toHaveProperty('applied')
      expect(finding?.unsure).toBe(
        'A node reports that proposal 7 has been carried out, and fewer than 2 nodes confirm it.',
      )
    }
  })

  it('is confirmed by nodes that have pruned the block of its height', async () => {
    const pruned = ['b', 'c'].map((host) => ({
      ...at(host, 5_000, applied),
      readBlock: (height: bigint) => (height < 4_000n ? fails() : Promise.resolve(block(height))),
    }))
    expect((await outcome(reading(5_000, [], { standings }), pruned, 'in_progress', cosmos))[0]).toBe('believed')
  })
})

describe('an announcement that a node reported as one of its own by hiding an earlier one', () => {
  const announced = (id: string, block: bigint): Proposal => ({
    ...upgradeProposal(id, 'v2', 100, { status: 'passed', readAt: 9n, announced: true }),
    origin: { block, hash: hashOf(block), index: 0 },
  })
  const later = announced('7', 5n)
  const honest = ['b', 'c'].map((host) => ({
    ...nodeThat({ host }),
    // As with `upgrade-entrypoint`: the logs from the earlier announcement on show that there is one plan only.
    readProposal: (...[, , , near = 5n]: Parameters<GivenNode['readProposal']>) =>
      Promise.resolve(near < 5n ? undefined : later),
  }))

  it('is removed once two nodes read it from the earlier one on', async () => {
    const told = reading(10, [announced('6', 3n), announced('1', 1n)], { retracted: [key] })
    expect((await outcome(told, [...honest, ...says(later)], 'scheduled', { before: later }))[0]).toBe('believed')
  })

  it('stays if no earlier one is known', async () => {
    const told = reading(10, [announced('8', 6n)], { retracted: [key] })
    expect((await outcome(told, [...honest, ...says(later)], 'scheduled', { before: later }))[0]).toContain('held: ')
  })
})

describe('a reading that ends the vote on a plan without a success, where two nodes must agree', () => {
  const rejected = upgradeProposal('7', 'v2', 100, { status: 'rejected' })
  const before = { ...voting, readAt: 9n }

  it.each([
    ['canceled', isCanceled, canceled],
    ['rejected', reading(10, [rejected]), rejected],
    ['removed by a reorg', gone, undefined],
  ])('is believed if two say so, and not if one does: %s', async (_what, told, same) => {
    expect(await outcome(told, says(same, voting, same), 'pending', { before })).toStrictEqual(['believed', 3])
    expect((await outcome(told, says(same, voting), 'pending', { before }))[0]).toContain(
      'whose upgrade v2 is voted on,',
    )
  })

  it('is believed on Cosmos if another node does not know the proposal any more', async () => {
    const withoutIt = says(undefined, undefined)
    expect((await outcome(isCanceled, withoutIt, 'pending', { before, traits: cosmosTraits }))[0]).toBe('believed')
    expect((await outcome(isCanceled, withoutIt, 'pending', { before }))[0]).not.toBe('believed')
  })

  it('asks about twenty of many that end in one reading, four at a time, and about every scheduled upgrade', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => String(index + 1))
    const scheduled = new Set(['50', '100'])
    const proposal = (id: string, status: Proposal['status']) =>
      upgradeProposal(id, `v${id}`, 100, { status, readAt: 9n })
    const all = ids.map((id) => proposal(id, scheduled.has(id) ? 'passed' : 'voting'))
    const asked: string[] = []
    const running = { now: 0, most: 0 }
    const witness = nodeThat({ host: 'b' })
    const slow = {
      ...witness,
      async readProposal(_contract: string, id: string) {
        asked.push(id)
        running.most = Math.max(running.most, ++running.now)
        await new Promise(setImmediate)
        running.now -= 1
        return proposal(id, 'canceled')
      },
    }
    const reader = confirmWithdrawals(
      nodeThat({
        host: 'a',
        reports: () =>
          reading(
            10,
            ids.map((id) => proposal(id, 'canceled')),
          ),
      }),
      {
        witnesses: [slow, slow],
        agreement: 2,
        known: () => ({
          proposals: new Map(all.map((one) => [keyOf(one), one])),
          upgrades: new Map(
            all.map((one) => [
              keyOf(one),
              upgrade(one.id, `v${one.id}`, 100, { status: one.status === 'passed' ? 'scheduled' : 'pending' }),
            ]),
          ),
        }),
        now: () => 0,
      },
    )
    await reader.read({ open: [], signal: new AbortController().signal })
    expect([...new Set(asked)]).toStrictEqual(['50', '100', ...ids.slice(0, 20)])
    expect(running.most).toBe(8)
  })

  it('asks nobody while the vote goes on', async () => {
    const submitted = upgradeProposal('7', 'v2', 100, { status: 'submitted', readAt: 9n })
    expect(await outcome(isVoting, says(voting), 'pending', { before: submitted })).toStrictEqual(['believed', 0])
  })
})

describe('a reorg that is deeper than one portion of the history, where two nodes must agree', () => {
  const again = { ...passed, origin: { block: 8n, hash: '0x08', index: 0 } }
  const portion = reading(6, [], { retracted: [key], backlog: 4n, rewoundTo: 3n })
  const blockOf = (fork: number, height: bigint): Head => block(height, { hash: hashOf(height, fork) })
  const onFork = (fork: number, proposal: Proposal): GivenNode =>
    nodeThat({ says: () => proposal, blockAt: (height) => blockOf(fork, height) })

  it('is believed in its first portion if two nodes are on that branch, though they have the proposal again', async () => {
    const branch = { ...portion, at: blockOf(2, 6n) }
    expect((await outcome(branch, [onFork(2, again), onFork(2, again)]))[0]).toBe('believed')
    expect((await outcome(branch, [onFork(2, again), onFork(1, passed)]))[0]).toContain(
      'has been removed by a reorg, and fewer than 2 nodes say so',
    )
  })

  it('withdraws an upgrade in its last portion only if two nodes do not have the proposal again', async () => {
    const last = reading(10, [])
    expect((await outcome(last, says(undefined, undefined), 'scheduled', { before: 'forgotten' }))[0]).toBe('believed')
    expect((await outcome(last, says(undefined, again), 'scheduled', { before: 'forgotten' }))[0]).toContain(
      'has been removed by a reorg, and fewer than 2 nodes say so',
    )
    const back = reading(10, [again])
    expect(await outcome(back, says(undefined, undefined), 'scheduled', { before: 'forgotten' })).toStrictEqual([
      'believed',
      0,
    ])
    expect(await outcome(portion, says(again, again), 'scheduled', { before: 'forgotten' })).toStrictEqual([
      'believed',
      0,
    ])
  })
})

describe('a reading that takes no scheduled upgrade back', () => {
  it.each([
    ['of an upgrade that is over', isCanceled, 'completed'],
    ['of a proposal that stands', reading(10, [passed]), 'scheduled'],
    [
      'of a proposal that is executed',
      reading(10, [upgradeProposal('7', 'v2', 100, { status: 'executed' })]),
      'scheduled',
    ],
    ['of a proposal that is queued', reading(10, [upgradeProposal('7', 'v2', 100, { status: 'queued' })]), 'scheduled'],
    ['without news', reading(10), 'scheduled'],
  ] as const)('asks nobody: %s', async (_what, told, status) => {
    expect(await outcome(told, says(passed, passed), status)).toStrictEqual(['believed', 0])
  })

  it('asks nobody: of a refused or cancelled upgrade whose proposal is closed', async () => {
    const before = upgradeProposal('7', 'v2', 100, { status: 'executed', readAt: 9n })
    for (const status of ['refused', 'cancelled'] as const)
      expect(await outcome(isCanceled, says(before, before), status, { before })).toStrictEqual(['believed', 0])
  })
})

it('the end of an executed proposal whose plan a node left out counts only if enough nodes report it', async () => {
  const { finding: _lost, ...before } = upgradeProposal('7', 'v2', 100, { status: 'executed', readAt: 9n })
  const executed = says(before, before)
  expect((await outcome(isCanceled, executed, 'cancelled', { before }))[0]).toMatch('fewer than 2 nodes say so')
})

it('a failed upgrade of a chain that holds its plan counts as skipped only if two nodes say so', async () => {
  const skipped = (isHeld: boolean, ...heard: readonly Proposal[]) =>
    outcome(isWithdrawn, says(...heard), 'failed', { parts: isHeld ? { held: true } : {} })
  expect((await skipped(true, withdrawn, passed))[0]).toMatch('fewer than 2 nodes say so')
  expect((await skipped(true, withdrawn, withdrawn))[0]).toBe('believed')
  // A failed upgrade of another chain does not change any more.
  expect(await skipped(false, withdrawn, passed)).toStrictEqual(['believed', 0])
})

it('that a passed proposal is voted on again is not confirmed by answers for an older block, as with finality', async () => {
  const voting = (readAt: bigint): Proposal => upgradeProposal('7', 'v2', 100, { status: 'voting', readAt })
  const again = reading(10, [voting(10n)])
  const before = { ...passed, readAt: 9n }
  expect((await outcome(again, says(voting(8n), voting(8n)), 'scheduled', { before }))[0]).toMatch('fewer than 2 nodes')
  expect((await outcome(again, says(voting(9n), voting(9n)), 'scheduled', { before }))[0]).toBe('believed')
})

describe('a reading that ends a proposal whose upgrade may come back, where two nodes must agree', () => {
  it.each([
    ['refused because of a conflict that may end', 'refused', passed, 'refused'],
    ['cancelled by another proposal that may be undone', 'cancelled', passed, 'cancelled'],
    ['cancelled because the vote goes on, after one node had reported that it passed', 'cancelled', voting, 'voted on'],
  ] as const)('is held back if one says so: it was %s', async (_what, status, known, progress) => {
    const before = { ...known, readAt: 9n }
    expect((await outcome(isCanceled, says(canceled, before), status, { before }))[0]).toContain(
      `whose upgrade v2 is ${progress}, is canceled, and fewer than 2 nodes say so`,
    )
    expect(await outcome(isCanceled, says(canceled, canceled), status, { before })).toStrictEqual(['believed', 2])
  })

  it.each<[string, Partial<Upgrade>]>([
    ['a conflict', { rivals: [{ key, reason: 'Proposal 1 already has it.' }] }],
    ['too many plans that wait', { crowded: true }],
  ])('is held back if one says so of an executed proposal that is refused because of %s', async (_what, parts) => {
    const before = upgradeProposal('7', 'v2', 100, { status: 'executed', readAt: 9n })
    expect((await outcome(isCanceled, says(canceled, before), 'refused', { before, parts }))[0]).toContain(
      'whose upgrade v2 is refused, is canceled, and fewer than 2 nodes say so',
    )
  })
})
