import fc from 'fast-check'
import { foreignListFunctions } from './foreignListFunctions.js'
import { foreignTextFunctions } from './foreignTextFunctions.js'
import { hostilePattern, plainPatterns, textOf, type HostilePattern } from './hostilePatterns.js'

// A separate process that its parent may kill: it prints what it is about to try, and at the end what grows too fast.
const short = 4_000
const few = 500
const factor = 8
// A quadratic function would be 64. Anything faster than this is harmless, and cannot be
// measured.
const most = 24
const least = 1

const [seed = '1', runs = '24'] = process.argv.slice(2)
const patterns = [...plainPatterns, ...fc.sample(hostilePattern, { seed: Number(seed), numRuns: Number(runs) })]
const slow: string[] = []

function measure(what: string, workOver: (size: number) => () => unknown, size: number): void {
  process.stdout.write(`${what}\n`)
  if (growthOf(workOver(size), workOver(factor * size)) > most) slow.push(what)
}

for (const [name, run] of Object.entries(foreignTextFunctions)) {
  for (const pattern of patterns) measure(`${name} over ${JSON.stringify(pattern)}`, over(run, pattern), short)
}
for (const [name, workOver] of Object.entries(foreignListFunctions)) measure(name, workOver, few)
process.stdout.write(`slow: ${JSON.stringify(slow)}\n`)

function over(run: (text: string) => unknown, pattern: HostilePattern): (length: number) => () => unknown {
  return (length) => {
    const text = textOf(pattern, length)
    return () => run(text)
  }
}

/**
 * Processor time, in ms, for eight times the work relative to that for the work, best of five
 * tries of each.
 */
function growthOf(work: () => unknown, manifold: () => unknown): number {
  let [once, often] = [Infinity, Infinity]
  let growth = Infinity
  for (let round = 0; round < 5 && growth > most; round += 1) {
    often = Math.min(often, timeOf(manifold))
    // However fast the work itself is.
    if (often <= most * least) return often / least
    once = Math.min(once, timeOf(work))
    growth = often / Math.max(once, least)
  }
  return growth
}

function timeOf(work: () => unknown): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}
