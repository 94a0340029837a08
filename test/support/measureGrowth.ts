import fc from 'fast-check'
import { foreignTextFunctions } from './foreignTextFunctions.js'
import { hostilePattern, plainPatterns, textOf, type HostilePattern } from './hostilePatterns.js'

// A process of its own, for whoever starts it to kill: it says what it is about to try, then what grows too fast.
const short = 8_000
const factor = 8
// A square would be 64. What takes less than this does no harm, and cannot be measured.
const most = 24
const least = 1

const [seed = '1', runs = '40'] = process.argv.slice(2)
const patterns = [...plainPatterns, ...fc.sample(hostilePattern, { seed: Number(seed), numRuns: Number(runs) })]
const slow: string[] = []

for (const [name, run] of Object.entries(foreignTextFunctions)) {
  for (const pattern of patterns) {
    const what = `${name} over ${JSON.stringify(pattern)}`
    process.stdout.write(`${what}\n`)
    if (growthOf(run, pattern) > most) slow.push(what)
  }
}
process.stdout.write(`slow: ${JSON.stringify(slow)}\n`)

/** Processor time, in ms, for eight times the text against that for the text, best of five tries of each. */
function growthOf(run: (text: string) => unknown, pattern: HostilePattern): number {
  const texts = [textOf(pattern, short), textOf(pattern, factor * short)] as const
  const best: [number, number] = [Infinity, Infinity]
  let growth = Infinity
  for (let round = 0; round < 5 && growth > most; round += 1) {
    for (const at of [0, 1] as const) {
      const start = process.cpuUsage()
      run(texts[at])
      const { user, system } = process.cpuUsage(start)
      best[at] = Math.min(best[at], (user + system) / 1_000)
    }
    growth = best[1] / Math.max(best[0], least)
  }
  return growth
}
