import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Fate, type Lie, type Poll, type Word, wordAt } from './rivalNodesGiven.js'
import { writtenPlans } from './rivalPlansGiven.js'

const [first, decided, last] = [5, 60, 100]
/** How a proposal ends. */
const endings: Readonly<Record<string, readonly (readonly Word[])[]>> = {
  governor: [
    ['passed'],
    ['passed', 'queued', 'executed'],
    ['passed', 'canceled'],
    ['passed', 'queued', 'expired'],
    ['rejected'],
    ['canceled'],
  ],
  'gov-base': [['executed'], ['passed', 'executed'], ['passed', 'failed'], ['rejected'], ['canceled'], ['expired']],
}
const words: readonly Word[] = ['gone', 'voting', 'passed', 'executed', 'rejected', 'canceled', 'expired']

const takesEffect = (fate: Fate): boolean => ['passed', 'queued', 'executed'].includes(wordAt(decided, fate))
const orderOf = (count: number) =>
  fc
    .uniqueArray(fc.integer({ min: first + 1, max: decided }), { minLength: count, maxLength: count })
    .map((all) => all.toSorted((a, b) => a - b))

/** Two plans for one height, or one after the other. Only one of two at one height takes effect. */
function fatesOf(system: string): fc.Arbitrary<readonly Fate[]> {
  const ordinary = fc.constantFrom(...(endings[system] ?? []))
  const reorged = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 })
  const line = fc
    .oneof(ordinary, reorged)
    .chain((said) =>
      orderOf(said.length + 1).map((from): Fate['timeline'] => [
        [from[0] ?? first, 'voting'],
        ...said.map((word, index): [number, Word] => [from[index + 1] ?? last, word]),
      ]),
    )
  return fc
    .tuple(line, line, fc.boolean())
    .map(([one, other, isSame]): readonly Fate[] => [
      { name: 'v2', height: last, timeline: one },
      { name: 'v3', height: isSame ? last : 90, timeline: other },
    ])
    .filter(
      (fates) =>
        new Set(fates.filter(takesEffect).map(({ height }) => height)).size === fates.filter(takesEffect).length,
    )
}

const lie = fc.record<Lie>({
  word: fc.constantFrom('true', ...words),
  twist: fc.constantFrom('none', 'none', 'none', 'low', 'high', 'name', 'noPlan', 'info', 'origin'),
  when: fc.constantFrom('both', 'both', 'read', 'asked', 'hide'),
})
const leap = fc.constantFrom(0, 0, 0, -5, 8, 16)
const lies = fc.array(lie, { minLength: 2, maxLength: 2 })
const nodesOf = (count: number) =>
  fc.array(fc.record({ lag: fc.integer({ min: 0, max: 3 }), isDown: fc.boolean(), isPruned: fc.boolean() }), {
    minLength: count,
    maxLength: count,
  })
const pollOf = (count: number) =>
  fc.record({
    blocks: fc.integer({ min: 0, max: 8 }),
    wait: fc.constantFrom(1_000, 61_000, 601_000),
    nodes: nodesOf(count),
    lies,
    leap,
    restarts: fc.constantFrom(false, false, true),
  })

/** The polls at their blocks, then all nodes answer every ten minutes until the chain halts at the last height. */
function played(
  polls: readonly (Omit<Poll, 'head'> & { readonly blocks: number })[],
  ends: readonly Pick<Poll, 'lies' | 'leap'>[],
  count: number,
): readonly Poll[] {
  const nodes = Array.from({ length: count }, () => ({ lag: 0, isDown: false }))
  const calm = { nodes, lies: [], leap: 0, wait: 601_000, restarts: false }
  let head = first
  const middle = polls.map(({ blocks, ...poll }) => ({
    ...poll,
    head: (head = Math.min(decided, head + blocks)),
  }))
  const tail = [decided, 65, 70, 75, 80, 90, 90, 95, last, last, last, last]
  return [
    { ...calm, head: first },
    ...middle,
    ...tail.map((at, index) => ({ ...calm, head: at, ...ends[index % ends.length] })),
  ]
}

const truth: Lie = { word: 'true', twist: 'none', when: 'both' }
const says = (word: Word): Lie => ({ ...truth, word })

const rival: readonly Fate[] = [
  {
    name: 'v2',
    height: last,
    timeline: [
      [first, 'voting'],
      [11, 'passed'],
      [12, 'canceled'],
    ],
  },
  {
    name: 'v3',
    height: last,
    timeline: [
      [first, 'voting'],
      [11, 'executed'],
    ],
  },
]

/** The nodes, how many must agree, how many lie, and how far behind its head a node is read. */
interface Setting {
  readonly system: string
  readonly count: number
  readonly agreement: number
  readonly liars: number
  readonly finality: number
}

it.each<Setting>([
  { system: 'governor', count: 3, agreement: 2, liars: 1, finality: 0 },
  { system: 'gov-base', count: 3, agreement: 2, liars: 1, finality: 2 },
  { system: 'governor', count: 4, agreement: 3, liars: 1, finality: 2 },
  { system: 'governor', count: 5, agreement: 3, liars: 2, finality: 0 },
])(
  'of two plans on $system exactly those that passed are written, with $liars of $count nodes that lie',
  async ({ count, liars, ...setting }) => {
    const some = fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: liars })
    const ends = fc.array(fc.record({ lies, leap }), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(
        fatesOf(setting.system),
        some,
        fc.array(pollOf(count), { maxLength: 12 }),
        ends,
        async (fates, liars, polls, end) => {
          const written = await writtenPlans({ ...setting, fates, liars }, played(polls, end, count))
          expect(written).toStrictEqual(
            fates.filter(takesEffect).map(({ name, height }) => `${name} at ${height}, undefined`),
          )
        },
      ),
      { numRuns: 150, examples: [[rival, [0], [], [{ lies: [says('executed'), truth], leap: 0 }]]] },
    )
  },
)
