import { readOptions, refuse } from '../support/readOptions.js'
import { faultyHour } from './faults/faultyHour.js'
import { storyChains } from './faults/storyChains.js'
import { torture } from './torture.js'
import { killOnWritePath } from './writePath/killOnWritePath.js'

// One round after the other, each with the next seed. The seed in the line of a failure reproduces it.
const usage = 'npm run torture -- --minutes 60 [--seed 1] [--kills 200] [--only kills|writes|faults]'
const option = readOptions(['minutes', 'seed', 'kills', 'only'], usage)
const minutes = numberOf('minutes', '1')
const firstSeed = numberOf('seed', String(1 + (Date.now() % 1_000_000)))
const kills = numberOf('kills', '200')
const only = option('only')

/** The counts, by their names in a line. */
type Counts = Readonly<Record<string, number>>

interface Story {
  readonly kind: string
  readonly name: string
  readonly tell: (seed: number, signal: AbortSignal) => Promise<Counts>
}

const bad = ['lost', 'repeated', 'torn', 'wrong', 'grown MiB']
// The variation of a heap that does not grow.
const flatMiB = 48

const every: readonly Story[] = [
  {
    kind: 'writes',
    name: 'write path',
    tell: async (seed) => {
      const { kills, operations, notifications, files, ...found } = await killOnWritePath({ seed, kills: 50 })
      return { kills, 'operations of an upgrade': operations, notifications, files, ...found }
    },
  },
  ...systems().map((system): Story => ({
    kind: 'faults',
    name: `faults of ${system}`,
    tell: async (seed, signal) => {
      const { findings, grownMiB, ...counts } = await faultyHour({ system, seed, signal })
      for (const finding of findings) process.stdout.write(`  ${finding}\n`)
      return { ...counts, 'grown MiB': grownMiB > flatMiB ? grownMiB : 0 }
    },
  })),
  {
    kind: 'kills',
    name: 'kills',
    tell: async (seed, signal) => {
      const { atOperations, ...counts } = await torture({ seed, kills, signal })
      return { ...counts, 'before an operation on the file': atOperations }
    },
  },
]
const stories = every.filter(({ kind }) => only === undefined || only === kind)
if (stories.length === 0) refuse(`--only takes kills, writes or faults, not ${only ?? ''}.`)

const end = Date.now() + minutes * 60_000
const totals = new Map<string, Counts>()
for (let seed = firstSeed; Date.now() < end; seed += 1)
  for (const { name, tell } of stories) {
    // A part that begins after the end would report zeros, which look like a success.
    if (Date.now() >= end) break
    const counts = await tell(seed, AbortSignal.timeout(Math.max(1, end - Date.now())))
    print(`seed ${seed}, ${name}`, counts)
    totals.set(name, sumOf(totals.get(name) ?? { times: 0 }, { times: 1, ...counts }))
    if (bad.some((key) => (counts[key] ?? 0) > 0)) process.exitCode = 1
  }
for (const [name, counts] of totals) print(`all ${name}`, counts)

function numberOf(name: 'minutes' | 'seed' | 'kills', otherwise: string): number {
  const written = option(name) ?? otherwise
  const number = Number(written)
  return number > 0 ? number : refuse(`--${name}: expected a number above 0, not ${written}.`)
}

function systems(): readonly (keyof typeof storyChains)[] {
  return ['governor', 'wemixvisor-rpc', 'cosmos']
}

function sumOf(one: Counts, other: Counts): Counts {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return Object.fromEntries(keys.map((key) => [key, (one[key] ?? 0) + (other[key] ?? 0)]))
}

function print(what: string, counts: Counts): void {
  const said = Object.entries(counts).map(([key, count]) => `${key} ${count}`)
  process.stdout.write(`${what}: ${said.join(', ')}\n`)
}
