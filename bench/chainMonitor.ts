// The monitor alone, in a process of its own: runs, warms up, measures itself, and says what it took.
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseConfig } from '../src/config/parseConfig.js'
import { createMonitor } from '../src/monitor.js'

const [, , file = '', warmUp, seconds] = process.argv
const monitor = createMonitor(parseConfig(JSON.parse(readFileSync(file, 'utf8'))))
const controller = new AbortController()
const up = new Set<string>()
let [good, failed] = [0, 0]
const seen = monitor.health$.subscribe(({ chain, consecutiveFailures, state }) => {
  if (consecutiveFailures > 0) failed += 1
  else good += 1
  if (state === 'up') up.add(chain)
  else up.delete(chain)
})
const ended = monitor.run({ signal: controller.signal })

await wait(Number(warmUp) * 1000)
;[good, failed] = [0, 0]
const [cpu, start] = [process.cpuUsage(), performance.now()]
const megabytes: number[] = []
for (let second = 0; second < Number(seconds); second += 1) {
  await wait(1000)
  megabytes.push(Math.round(process.memoryUsage().rss / 1_048_576))
}
const { user, system } = process.cpuUsage(cpu)
process.stdout.write(`${JSON.stringify({ megabytes, cpuMs: (user + system) / 1000, wallMs: performance.now() - start, good, failed, chainsUp: up.size })}\n`)
controller.abort()
await ended
seen.unsubscribe()
