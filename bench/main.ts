import { writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { benchChains, benchManyChains } from './chains.js'
import { benchColdSync } from './coldSync.js'
import { benchGrowth } from './growth.js'
import { benchLatency } from './latency.js'
import type { Row } from './measure.js'
import { benchMemory } from './memory.js'
import { benchPipeline } from './pipeline.js'
import { benchStart } from './start.js'
import { benchStep } from './step.js'
import { benchStore } from './store.js'

const benches = {
  sync: benchColdSync,
  pipeline: benchPipeline,
  step: benchStep,
  growth: benchGrowth,
  store: benchStore,
  start: benchStart,
  latency: benchLatency,
  memory: benchMemory,
  chains: benchChains,
  manyChains: benchManyChains,
}

/** `npm run bench`, or `npm run bench -- pipeline memory` for some of it. */
const wanted = process.argv.slice(2)
const rows: Row[] = []
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stderr.write(`measuring ${name} …\n`)
  rows.push(...(await bench()))
}

const round = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
const lines = rows.map(({ name, unit, ours, baseline, ratio, goal }) => [
  name,
  `${round(ours)} ${unit}`,
  `${round(baseline)} ${unit}`,
  `${ratio.toFixed(2)}x`,
  goal === undefined ? '' : `${ratio <= goal ? 'within' : 'MISSES'} ${goal}x`,
])
const table = [['measure', 'govstream', 'baseline', 'ratio', 'goal'], ...lines]
const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? []
process.stdout.write(
  `${table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`,
)

const machine = {
  node: process.version,
  platform: `${platform()} ${arch()}`,
  cpus: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
}
writeFileSync(
  fileURLToPath(new URL('results.json', import.meta.url)),
  `${JSON.stringify({ machine, rows }, undefined, 2)}\n`,
)
