// Loaded into the built `govstream run`: waits for the warm-up, measures the process and prints the result, then
// records the requests of one interval, and stops it.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

const { warmUp, seconds, interval, recordTo } = JSON.parse(process.env.GOVSTREAM_BENCH)
async function measure() {
  await wait(warmUp * 1000)
  const cpu = process.cpuUsage()
  const start = performance.now()
  const megabytes = []
  for (let second = 0; second < seconds; second += 1) {
    await wait(1000)
    megabytes.push(Math.round(process.memoryUsage().rss / 1_048_576))
  }
  const { user, system } = process.cpuUsage(cpu)
  process.stdout.write(
    `${JSON.stringify({ megabytes, cpuMs: (user + system) / 1000, wallMs: performance.now() - start })}\n`,
  )
  const requests = []
  const begin = performance.now()
  const note = ({ request: { origin, path, method, body } }) =>
    requests.push({
      at: performance.now() - begin,
      origin,
      path,
      method,
      body: body === null ? undefined : String(body),
    })
  subscribe('undici:request:create', note)
  await wait(interval * 1000)
  unsubscribe('undici:request:create', note)
  writeFileSync(recordTo, JSON.stringify(requests))
  process.kill(process.pid, 'SIGTERM')
}
void measure()
