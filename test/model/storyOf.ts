import fc from 'fast-check'
import type { Mood, Phase, Setting, Story } from './story.js'

/** What differs between the systems when stories are drawn. */
export interface StoryParts<Truth, Lie> {
  readonly truth: fc.Arbitrary<Truth>
  /** What the liar says during a phase. */
  readonly lieAbout: (truth: Truth) => fc.Arbitrary<Lie>
  /** @defaultValue 2 or 5 */
  readonly blockSeconds?: readonly number[]
}

// By this many blocks after the beginning everything has been decided, and the height of each plan has come.
const eventfulBlocks = 150
// A withdrawal that could not be confirmed is asked about again after ten minutes.
const settlingSeconds = 1_300

/** Draws random stories: at most one of three nodes lies, and only if two must agree; at the end all nodes are well. */
export function storyOf<Truth, Lie>({
  truth,
  lieAbout,
  blockSeconds = [2, 5],
}: StoryParts<Truth, Lie>): fc.Arbitrary<Story<Truth, Lie>> {
  const setting = fc.record<Setting>({
    agreement: fc.constantFrom(2, 2, 2, 1),
    pollSeconds: fc.constantFrom(5, 10, 20),
    when: fc.constantFrom('at-height', 'at-height', 'on-schedule'),
    blockSeconds: fc.constantFrom(...blockSeconds),
    seed: fc.nat(),
  })
  const liars = fc.constantFrom(0, 1, 2, undefined)
  return fc
    .tuple(truth, setting, fc.integer({ min: 1, max: 3 }), liars, fc.constantFrom(10, 30))
    .chain(([happens, chosen, lonely, liar, reliability]) => {
      const isTrusting = chosen.agreement === 1
      const count = isTrusting ? lonely : 3
      const phase = phaseOf({ count, reliability, liar: isTrusting ? undefined : liar }, lieAbout(happens))
      return fc
        .array(phase, { minLength: 4, maxLength: 16, size: 'max' })
        .map((phases) => ({ truth: happens, setting: chosen, phases: withCalmEnd(phases, count, chosen) }))
    })
}

/** Draws from `one` once in `times` + 1 draws. */
export function seldom<T>(one: fc.Arbitrary<T>, otherwise: T, times: number): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: fc.constant(otherwise), weight: times }, { arbitrary: one, weight: 1 })
}

const rarely = (times: number): fc.Arbitrary<boolean> => fc.nat({ max: times - 1 }).map((drawn) => drawn === times - 1)

interface Nodes {
  readonly count: number
  readonly liar: number | undefined
  /** A node is down in one of so many phases. */
  readonly reliability: number
}

function phaseOf<Lie>({ count, liar, reliability }: Nodes, lie: fc.Arbitrary<Lie>): fc.Arbitrary<Phase<Lie>> {
  const mood = fc.record<Mood<Lie>>({
    lag: fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 3),
    isDown: rarely(reliability),
    failsOften: rarely(reliability),
    isPruned: rarely(reliability * 2),
  })
  const deceit = fc.record({
    lie,
    leap: fc.constantFrom(0, 0, 0, 8, 40, -5, -40, 5_000),
    cutsLists: rarely(10),
  })
  /** The first node is the operator's own: it halts by itself, and may come back with an older state. */
  const ownTrouble = fc.constantFrom<Partial<Mood<Lie>>>(
    ...repeated({}, 8),
    { isHalted: true },
    { isHalted: true, lag: 40 },
    { lag: 40 },
  )
  const others = fc
    .tuple(ownTrouble, fc.array(mood, { minLength: count, maxLength: count }))
    .map(([trouble, moods]) => moods.map((one, index) => (index === 0 ? { ...one, ...trouble } : one)))
  return fc
    .record({
      seconds: fc.constantFrom(1, 3, 10, 30, 60, 130, 300),
      others,
      deceit: liar === undefined ? fc.constant(undefined) : fc.option(deceit, { nil: undefined, freq: 4 }),
      monitor: fc.constantFrom<Phase<Lie>['monitor']>(
        ...repeated<Phase<Lie>['monitor']>('runs', 13),
        ...repeated<Phase<Lie>['monitor']>('restarts', 3),
        'stopped',
      ),
    })
    .map(({ others, deceit, ...phase }) => ({
      ...phase,
      nodes: others.map((one, index) => (index === liar ? { ...one, ...deceit } : one)),
    }))
}

function repeated<T>(one: T, times: number): readonly T[] {
  return Array.from({ length: times }, () => one)
}

/** Adds a time in which all nodes are well: until everything has happened, and until the monitor knows of it. */
export function withCalmEnd<Lie>(
  phases: readonly Phase<Lie>[],
  count: number,
  { blockSeconds }: Pick<Setting, 'blockSeconds'>,
): readonly Phase<Lie>[] {
  const spent = phases.reduce((sum, { seconds }) => sum + seconds, 0)
  const seconds = Math.max(90, eventfulBlocks * blockSeconds - spent) + settlingSeconds
  return [...phases, { seconds, nodes: calmNodes(count), monitor: 'runs' }]
}

function calmNodes(count: number): readonly Mood<never>[] {
  return Array.from({ length: count }, () => ({ lag: 0 }))
}

// Without faults, everything is known within this time.
const calmSeconds = 300

/** The same story with one node that is always well, and a monitor that always runs. */
export function calmly<Truth, Lie>({ truth, setting }: Story<Truth, Lie>): Story<Truth, Lie> {
  const seconds = eventfulBlocks * setting.blockSeconds + calmSeconds
  return {
    truth,
    setting: { ...setting, agreement: 1 },
    phases: [{ seconds, nodes: calmNodes(1), monitor: 'runs' }],
  }
}
