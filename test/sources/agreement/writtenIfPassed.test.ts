import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isOpen, keyOf, type Proposal, type ProposalKey } from '../../../src/domain/proposals/proposal.js'
import { resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import { noUpgrades, stepPlan } from '../../../src/domain/upgrades/stepPlan.js'
import { confirmWithdrawals } from '../../../src/sources/agreement/confirmWithdrawals.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { byKey, reading, upgradeProposal } from '../../support/builders.js'
import { key, read } from '../../domain/upgrades/planEvents.js'
import { fails, nodeThat } from './nodesGiven.js'

const [first, decided, height] = [10, 20, 100]
/** What the liar reports. That a vote goes on is not among it: `suspects` finds that at another node. */
const words = ['passed', 'rejected', 'canceled', 'expired', 'gone'] as const
type Word = (typeof words)[number] | 'voting'

const at = (status: Word, block: number): Proposal | undefined =>
  status === 'gone' ? undefined : upgradeProposal('1', 'v2', height, { status, readAt: BigInt(block) })

const poll = fc.record({
  blocks: fc.integer({ min: 0, max: 6 }),
  nodes: fc.array(fc.record({ lag: fc.integer({ min: 0, max: 3 }), isDown: fc.boolean() }), {
    minLength: 3,
    maxLength: 3,
  }),
  lie: fc.constantFrom<Word>(...words),
  restarts: fc.boolean(),
})
type Poll = typeof poll extends fc.Arbitrary<infer Value> ? Value : never

/** How the vote ends, whether and where a passed proposal is canceled, and which node lies, if any. */
interface Truth {
  readonly ends: 'passed' | 'rejected' | 'canceled'
  readonly canceledAt: number | undefined
  readonly liar: number | undefined
}

function wordAt(block: number, { ends, canceledAt }: Truth): Word {
  if (block < decided) return 'voting'
  return ends === 'passed' && canceledAt !== undefined && block >= canceledAt ? 'canceled' : ends
}

/** Three nodes, two of which must agree, read like contracts: only open proposals, and only at a new block. */
function chainOf(truth: Truth) {
  let [now, read]: [Poll & { readonly head: number }, number] = [{ ...quiet, head: first }, 0]
  const headOf = (node: number): number => now.head - (now.nodes[node]?.lag ?? 0)
  const saidBy = (node: number, block = headOf(node)): Proposal | undefined =>
    at(node === truth.liar ? now.lie : wordAt(block, truth), block)
  const nodes = [0, 1, 2].map((node): GovernanceReader => ({
    ...nodeThat({ host: 'abc'.charAt(node), reports: () => reading(headOf(node)) }),
    readProposal: () => (now.nodes[node]?.isDown === true ? fails() : Promise.resolve(saidBy(node))),
  }))
  const reader: GovernanceReader = {
    ...nodeThat({}),
    async read(request) {
      let refusal: unknown = new Error('All are down.')
      for (const node of [0, 1, 2]) {
        if (now.nodes[node]?.isDown === true) continue
        const block = Math.max(headOf(node), read)
        const asked = block === read ? [] : request.open.filter(isOpen)
        const said = asked.map((known) => saidBy(node, block) ?? keyOf(known))
        const told = reading(
          block,
          said.filter((one) => typeof one !== 'string'),
          { retracted: said.filter((one) => typeof one === 'string') },
        )
        try {
          await request.vouch?.({ ...told, host: 'abc'.charAt(node) })
          read = block
          return told
        } catch (cause) {
          refusal = cause
        }
      }
      throw refusal
    },
  }
  return { nodes, reader, saidBy, turn: (next: typeof now) => void (now = next) }
}

const quiet: Poll = {
  blocks: 0,
  nodes: [0, 1, 2].map(() => ({ lag: 0, isDown: false })),
  lie: 'voting',
  restarts: true,
}

/** The block at which the file is written, if it is. */
async function writtenAt(truth: Truth, polls: readonly Poll[]): Promise<number | undefined> {
  const { nodes, reader, saidBy, turn } = chainOf(truth)
  let proposals: ReadonlyMap<ProposalKey, Proposal> = byKey(at('voting', first)!)
  const options = resolvePlanOptions({ minUpgradeDelay: 0 })
  let step = noUpgrades
  const started = (): GovernanceReader =>
    confirmWithdrawals(reader, {
      witnesses: nodes,
      agreement: 2,
      known: () => ({ proposals, upgrades: step.upgrades }),
      now: () => 0,
    })
  let [confirming, head] = [started(), first]
  for (const one of polls) {
    head = Math.min(height, head + one.blocks)
    turn({ ...one, head })
    if (one.restarts) confirming = started()
    const told = await confirming
      .read({ open: [...proposals.values()], signal: new AbortController().signal })
      .catch(() => undefined)
    if (told === undefined) continue
    const kept = [...proposals.values()].filter((known) => !told.retracted.includes(keyOf(known)))
    proposals = byKey(...kept, ...told.proposals)
    step = stepPlan(step, read(Number(told.at.number), [], { proposals, retracted: told.retracted }), options)
    // The writer asks all nodes, and two must confirm that the plan has passed.
    const confirmed = [0, 1, 2].filter((node) => one.nodes[node]?.isDown === false && saidBy(node)?.status === 'passed')
    if (step.due.some((due) => due.key === key) && confirmed.length >= 2) return Number(told.at.number)
  }
  return undefined
}

const up = { lag: 0, isDown: false }
/**
 * A node reports too early that the vote has passed, another one that it goes on, which cancels the upgrade, and the
 * first one then that the proposal is rejected.
 */
const liedTwice: [Truth, Poll[], Word] = [
  { ends: 'passed', canceledAt: undefined, liar: 0 },
  [
    { blocks: 1, nodes: [up, up, up], lie: 'passed', restarts: false },
    { blocks: 1, nodes: [{ ...up, isDown: true }, up, up], lie: 'passed', restarts: false },
  ],
  'rejected',
]

it('a plan is written at its height if and only if it has passed and was not canceled, with at most one liar', async () => {
  const truth: fc.Arbitrary<Truth> = fc.record({
    ends: fc.constantFrom('passed', 'passed', 'rejected', 'canceled'),
    canceledAt: fc.option(fc.integer({ min: decided + 1, max: height }), { nil: undefined }),
    liar: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(truth, fc.array(poll, { maxLength: 12 }), fc.constantFrom(...words), async (given, polls, lie) => {
      // A proposal that is over when it is first read is believed, so the first reading is true.
      // All nodes answer once before the height. There the chain halts, and the nodes come back one poll later.
      const end = { ...quiet, lie, blocks: height }
      const atHeight = { ...end, nodes: quiet.nodes.map((node, index) => ({ ...node, isDown: index > 0 })) }
      const written = await writtenAt(given, [quiet, ...polls, { ...end, blocks: decided - first }, atHeight, end, end])
      expect(written).toBe(wordAt(height, given) === 'passed' ? height : undefined)
    }),
    { numRuns: 300, examples: [liedTwice] },
  )
})
