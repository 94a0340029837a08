import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { benchChains, benchManyChains } from './chains.js'
import { benchColdSync } from './coldSync.js'
import { benchGrowth } from './growth.js'
import { benchLists } from './lists.js'
import { benchLatency } from './latency.js'
import type { Row } from './measure.js'
import { benchMemory } from './memory.js'
import { benchPipeline } from './pipeline.js'
import { benchmarksPage, tableText } from './report.js'
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
  lists: benchLists,
  latency: benchLatency,
  memory: benchMemory,
  chains: benchChains,
  manyChains: benchManyChains,
}
/** What two minutes are enough for. */
const quick: readonly string[] = ['sync', 'pipeline', 'step', 'growth', 'start']

// `npm run bench`, `npm run bench -- --quick`, or `npm run bench -- pipeline memory` for some of it.
const args = process.argv.slice(2)
const wanted = args.includes('--quick') ? quick : args
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  process.stderr.write(
    `There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}, and --quick.\n`,
  )
  process.exit(2)
}
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name)

const measured: Record<string, readonly Row[]> = {}
for (const [name, bench] of Object.entries(benches)) {
  if (!isWanted(name)) continue
  process.stderr.write(`measuring ${name} …\n`)
  measured[name] = await bench()
}
process.stdout.write(`${tableText(Object.values(measured).flat())}\n`)

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${platform()} ${arch()}, Node ${process.version}`
// All samples of this run, for a closer look.
writeFileSync(file('results.json'), `${JSON.stringify(measured, undefined, 2)}\n`)
const page = file('../docs/benchmarks.md')
writeFileSync(page, benchmarksPage(readFileSync(page, 'utf8'), { machine, results: measured }, Object.keys(benches)))
execFileSync(process.execPath, [file('../node_modules/prettier/bin/prettier.cjs'), '--write', page])
