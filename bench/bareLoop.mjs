// The minimum cost of a monitor's requests: one loop repeats them, each at its time within the interval, and parses the
// answers, over undici alone or over plain viem, which batches the calls of a request itself and uses fetch. It
// measures itself as the monitor does.
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent } from 'undici'
import { http } from 'viem'

const [, , by, file, warmUp, seconds, interval] = process.argv
const agent = new Agent({ connections: 64 })
let count = 0
async function sendByUndici({ origin, path, method, body }) {
  const headers = { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) }
  const answer = await agent.request({ origin, path, method, body, headers })
  JSON.parse(await answer.body.text())
  count += 1
}
const transports = new Map()
function transportTo(url) {
  const known = transports.get(url) ?? http(url, { batch: true, retryCount: 0 })({})
  transports.set(url, known)
  return known
}
async function sendByViem({ origin, path, method, body }) {
  const url = new URL(path, origin).href
  if (body === undefined) await (await fetch(url)).json()
  else {
    const calls = [JSON.parse(body)].flat()
    // Some requests fail for the monitor too.
    await Promise.allSettled(
      calls.map((call) => transportTo(url).request({ method: call.method, params: call.params })),
    )
  }
  count += 1
}
const send = by === 'viem' ? sendByViem : sendByUndici
const timers = JSON.parse(readFileSync(file, 'utf8')).map((request) =>
  setTimeout(() => {
    void send(request)
    timers.push(setInterval(() => void send(request), Number(interval) * 1000))
  }, request.at),
)

await wait(Number(warmUp) * 1000)
count = 0
const cpu = process.cpuUsage()
const start = performance.now()
await wait(Number(seconds) * 1000)
const { user, system } = process.cpuUsage(cpu)
process.stdout.write(
  `${JSON.stringify({ cpuMs: (user + system) / 1000, wallMs: performance.now() - start, requests: count })}\n`,
)
for (const timer of timers) clearTimeout(timer)
await agent.close()
