import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import { type Answer, answersIn, type Exchange, type Said, say, withAnswers } from './exchange.js'

/** A failure of a node, or of a proxy in front of it. */
export interface Fault {
  /** Whether it can be applied to this request. @defaultValue to each */
  readonly fits?: (exchange: Exchange) => boolean
  readonly meet: (exchange: Exchange) => Promise<void> | void
}

const json = { 'content-type': 'application/json' }
const html = { 'content-type': 'text/html' }
const page = '<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>'

const isRpc = ({ calls }: Exchange): boolean => calls.length > 0
const isBatch = ({ calls }: Exchange): boolean => calls.length > 1
/** Answers with this body. */
export const bodyFault = (status: number, body: string, type: string): Fault =>
  answer(body, status, { 'content-type': type })
const answer = (body: string, status = 200, headers: Readonly<Record<string, string>> = json): Fault => ({
  meet: (exchange) => say(exchange, { status, headers, body }),
})
const limited = (retryAfter: (exchange: Exchange) => string): Fault => ({
  meet: (exchange) =>
    say(exchange, {
      status: 429,
      headers: { ...html, 'retry-after': retryAfter(exchange) },
      body: 'Too Many Requests',
    }),
})
/** The answers of the node, modified. */
const changed = (change: (answers: readonly Answer[], exchange: Exchange) => readonly object[]): Fault => ({
  fits: isRpc,
  meet: async (exchange) =>
    say(
      exchange,
      withAnswers(await exchange.ask(), (answers) => change(answers, exchange)),
    ),
})
/** Answers each call with this error. */
export const errorFault = (error: object): Fault =>
  changed((answers) => answers.map(({ id }) => ({ jsonrpc: '2.0', id, error })))
const ofBatch = (fault: Fault): Fault => ({ ...fault, fits: isBatch })

const mebibyte = 1024 * 1024
// Built once: 512 MiB of spaces in half a megabyte.
let bomb: Buffer | undefined
const gzipBomb = (): Buffer => (bomb ??= repeatedGzip(512))

/**
 * So many mebibytes of spaces: one deflated block repeated, in a gzip frame that is never
 * closed.
 */
function repeatedGzip(mebibytes: number): Buffer {
  const head = gzipSync('').subarray(0, 10)
  const block = deflateRawSync(Buffer.alloc(mebibyte, ' '), { finishFlush: constants.Z_FULL_FLUSH })
  return Buffer.concat([head, ...Array.from({ length: mebibytes }, () => block)])
}

/** Writes without end, for as long as the client reads. */
async function writeForEver({ response }: Exchange, chunk: string): Promise<void> {
  function* chunks(): Generator<string, never> {
    for (;;) yield chunk
  }
  response.writeHead(200, json).write('[')
  await pipeline(Readable.from(chunks()), response)
}

function errorOf(random: () => number): object {
  const errors = [
    { code: -32000, message: 'header not found' },
    { code: -32005, message: 'limit exceeded' },
    { code: -32603, message: 'Internal error' },
    { code: -32002, message: 'request timed out' },
    { code: 429, message: 'Your app has exceeded its compute units per second capacity.' },
    { message: 'no backend is currently healthy to serve traffic' },
  ]
  return errors[Math.floor(random() * errors.length)] ?? {}
}

const swappedIds = changed((answers, { random }) => {
  const first = Math.floor(random() * answers.length)
  const second = (first + 1) % answers.length
  const idOf = (at: number): unknown => answers[at === first ? second : at === second ? first : at]?.id
  return answers.map((one, at) => ({ ...one, id: idOf(at) }))
})

/** The answers of the node, some of them as kept by a cache in front of it. */
async function fromCache(exchange: Exchange): Promise<Said> {
  const { calls, random, earlier } = exchange
  const said = await exchange.ask()
  const pick = (all: readonly Said[]): Said | undefined => all[Math.floor(random() * all.length)]
  if (calls.length === 0) return pick(earlier()) ?? said
  return withAnswers(said, (answers) =>
    answers.map((one) => {
      const call = calls.find(({ id }) => id === one.id)
      const kept = call === undefined || random() < 0.5 ? undefined : pick(earlier(call))
      return kept === undefined ? one : { ...answersIn(kept.body)[0], id: one.id }
    }),
  )
}

/** The times of blocks, shifted by so many seconds. */
function skew(body: string, seconds: number): string {
  return body
    .replace(
      /"timestamp":"0x([0-9a-f]+)"/gi,
      (_, hex: string) => `"timestamp":"0x${(parseInt(hex, 16) + seconds).toString(16)}"`,
    )
    .replace(
      /"time":"(\d{4}-[^"]+)"/g,
      (_, time: string) => `"time":"${new Date(Date.parse(time) + seconds * 1_000).toISOString()}"`,
    )
}

/** Failures between a client and any server of a node, by name. */
export const httpFaults = {
  latency: {
    meet: async (exchange) => {
      const said = await exchange.ask()
      await wait(Math.floor(exchange.random() * 60))
      say(exchange, said)
    },
  },
  hang: { meet: () => undefined },
  'hang within the body': {
    meet: async (exchange) => {
      const { headers, body } = await exchange.ask()
      exchange.response.writeHead(200, headers).write(body.slice(0, body.length / 2))
    },
  },
  reset: { meet: ({ response }) => void response.socket?.resetAndDestroy() },
  'closed connection': { meet: ({ response }) => void response.socket?.end() },
  'reset within the body': {
    meet: async (exchange) => {
      const { headers, body } = await exchange.ask()
      exchange.response.writeHead(200, headers)
      exchange.response.write(body.slice(0, body.length / 2), () => exchange.response.socket?.resetAndDestroy())
    },
  },
  'half a body': {
    meet: async (exchange) => {
      const said = await exchange.ask()
      say(exchange, { ...said, body: said.body.slice(0, said.body.length / 2) })
    },
  },
  'less than the length announced': {
    meet: async (exchange) => {
      const { headers, body } = await exchange.ask()
      exchange.response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) + 10 })
      exchange.response.write(body, () => exchange.response.socket?.end())
    },
  },
  'HTML page': answer(page, 200, html),
  'HTML page of a 503': answer(page, 503, html),
  'HTML page as JSON': answer(page),
  '429 with seconds': limited(({ random }) => String(Math.round(random() * 4) / 10)),
  '429 with a date': limited(({ random, now }) => new Date(now() + random() * 1_500).toUTCString()),
  '429 with a date of a clock that is behind': limited(({ now }) => new Date(now() - 3_600_000).toUTCString()),
  'no body': answer(''),
  'empty list': answer('[]'),
  null: answer('null'),
  'deep nesting': answer('['.repeat(200_000)),
  '204': answer('', 204),
  'redirect into nowhere': answer('', 302, { location: 'http://127.0.0.1:9/' }),
  'wrong chain': { meet: async (exchange) => say(exchange, await exchange.askStranger()) },
  'clock skew': {
    meet: async (exchange) => {
      const said = await exchange.ask()
      const seconds = Math.floor((exchange.random() - 0.5) * 1_200)
      say(exchange, { ...said, body: skew(said.body, seconds) })
    },
  },
  'stale cache': { meet: async (exchange) => say(exchange, await fromCache(exchange)) },
  'compressed bomb': {
    meet: ({ response }) => void response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipBomb()),
  },
  'endless body': { meet: (exchange) => writeForEver(exchange, ' '.repeat(64 * 1024)) },
  'endless list': {
    meet: (exchange) => writeForEver(exchange, '{"jsonrpc":"2.0","id":1,"result":null},'.repeat(1_000)),
  },
  'headers without end': {
    meet: ({ response }) => void response.writeHead(200, { 'x-padding': 'a'.repeat(200_000) }).end(),
  },
} satisfies Readonly<Record<string, Fault>>

/** Failures of JSON-RPC with status 200, by name. */
export const rpcFaults = {
  'error for each call': changed((answers, { random }) =>
    answers.map(({ id }) => ({ jsonrpc: '2.0', id, error: errorOf(random) })),
  ),
  'error for one call': ofBatch(
    changed((answers, { random }) => {
      const one = Math.floor(random() * answers.length)
      return answers.map((given, at) => (at === one ? { jsonrpc: '2.0', id: given.id, error: errorOf(random) } : given))
    }),
  ),
  'one error for the batch': ofBatch({
    meet: (exchange) =>
      say(exchange, {
        status: 200,
        headers: json,
        body: JSON.stringify({ jsonrpc: '2.0', id: null, error: errorOf(exchange.random) }),
      }),
  }),
  'result null': changed((answers) => answers.map(({ id }) => ({ jsonrpc: '2.0', id, result: null }))),
  'answer left out': ofBatch(changed((answers) => answers.slice(1))),
  'duplicate ids': ofBatch(changed((answers) => answers.map((one) => ({ ...one, id: answers[0]?.id })))),
  'answer twice': ofBatch(changed((answers) => [...answers, ...answers.slice(0, 1)])),
  'ids of another request': changed((answers) => answers.map((one) => ({ ...one, id: Number(one.id) + 1_000_000 }))),
  'wrong order': ofBatch(changed((answers) => [...answers].reverse())),
  'swapped ids': ofBatch(swappedIds),
} satisfies Readonly<Record<string, Fault>>
