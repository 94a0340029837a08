import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

// npm run explore -- [--rounds 10] [--seed N] [FILE...]: runs the property tests with other cases in each round. The
// seed of a failing round repeats it: PROPERTY_SEED=N npx vitest run FILE. PROPERTY_RUNS is the number of stories that
// each test in test/model draws.

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, seed: { type: 'string' } },
  allowPositionals: true,
})
const first = Number(values.seed ?? Date.now() % 1_000_000_000)
const files = positionals.length > 0 ? positionals : withProperties('test')

const failed = []
for (let seed = first; seed < first + Number(values.rounds); seed += 1) {
  console.log(`PROPERTY_SEED=${seed}`)
  const env = { ...process.env, PROPERTY_SEED: String(seed) }
  const { status, signal } = spawnSync('npx', ['vitest', 'run', '--testTimeout', '0', ...files], {
    stdio: 'inherit',
    env,
  })
  if (signal !== null) break
  if (status !== 0) failed.push(seed)
}
console.log(failed.length === 0 ? 'No round failed.' : `Failed with PROPERTY_SEED: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1

function withProperties(directory) {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => path.endsWith('.test.ts') && /\bfc\.(?:assert|check)\(/.test(readFileSync(path, 'utf8')))
}
