// The monitor alone, as it is shipped, in a process of its own: runs, warms up, measures itself, and says what it took.
// Then it writes down what it asks within one interval.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { createMonitor } from '../dist/index.js'

// As `govstream run` does.
setFlagsFromString('--heap-growing-percent=30')
const [, , file, warmUp, seconds, interval, recordTo] = process.argv
const monitor = createMonitor(JSON.parse(readFileSync(file, 'utf8')))
const controller = new AbortController()
const up = new Set()
let good = 0
let failed = 0
const seen = monitor.health$.subscribe(({ chain, consecutiveFailures, state }) => {
  if (consecutiveFailures > 0) failed += 1
  else good += 1
  if (state === 'up') up.add(chain)
  else up.delete(chain)
})
const ended = monitor.run({ signal: controller.signal })

await wait(Number(warmUp) * 1000)
good = 0
failed = 0
const cpu = process.cpuUsage()
const start = performance.now()
const megabytes = []
for (let second = 0; second < Number(seconds); second += 1) {
  await wait(1000)
  megabytes.push(Math.round(process.memoryUsage().rss / 1_048_576))
}
const { user, system } = process.cpuUsage(cpu)
process.stdout.write(
  `${JSON.stringify({ megabytes, cpuMs: (user + system) / 1000, wallMs: performance.now() - start, good, failed, chainsUp: up.size })}\n`,
)

const requests = []
const begin = performance.now()
const note = ({ request: { origin, path, method, body } }) =>
  requests.push({ at: performance.now() - begin, origin, path, method, body: body === null ? undefined : String(body) })
subscribe('undici:request:create', note)
await wait(Number(interval) * 1000)
unsubscribe('undici:request:create', note)
writeFileSync(recordTo, JSON.stringify(requests))
controller.abort()
await ended
seen.unsubscribe()
