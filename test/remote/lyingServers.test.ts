import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { filter, firstValueFrom, lastValueFrom, type Observable, take, tap, toArray, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigError, reasonOf, RemoteError } from '../../src/domain/errors.js'
import type { LatestEvent } from '../../src/domain/journal/liveEvent.js'
import { connectMonitor } from '../../src/remote/connectMonitor.js'
import type { Connection, ConnectOptions } from '../../src/remote/RemoteMonitor.js'
import { frameText, placeText } from '../support/frameText.js'
import { follow } from '../support/follow.js'
import { listen, type Listening } from '../support/servers/listen.js'
import { announcement, at } from '../support/storeGiven.js'

const token = 't0ken-that-reads'
const stream = { 'content-type': 'text/event-stream' }

// Outside of the documented range: no wait before a reconnection.
const atOnce = (): number => -1

/** A server until the test is done. */
async function lying(answer: RequestListener): Promise<Listening> {
  const server = await listen(answer)
  onTestFinished(() => server.stop())
  return server
}

/** Sends these parts, and ends. */
function telling(...parts: readonly string[]): RequestListener {
  return (_, response) => {
    response.writeHead(200, stream)
    for (const part of parts) response.write(part)
    response.end()
  }
}

function last<T>(stream$: Observable<T>): Promise<T | undefined> {
  return lastValueFrom(stream$, { defaultValue: undefined })
}

/** The first two losses of a connection, with a reconnection after the first. */
async function twiceLost(options: ConnectOptions): Promise<readonly Connection[]> {
  const told = await last(
    connectMonitor({ random: atOnce, ...options }).connection$.pipe(
      filter(({ type }) => type === 'lost'),
      take(2),
      toArray(),
    ),
  )
  return told ?? []
}

function problemOf(connection: Connection): string {
  return connection.type === 'lost' ? connection.problem : ''
}

const head = (chain: string): LatestEvent => ({ type: 'head', head: { chain, ...at(1n) } })
const notification = frameText({ type: 'notification', notification: announcement('n1').notification }, 1)

/** A clock that only moves when told to. */
function virtualClock() {
  const scheduler = new VirtualTimeScheduler()
  scheduler.maxFrames = 0
  const pass = (ms: number): void => {
    scheduler.maxFrames += ms
    scheduler.flush()
    scheduler.frame = scheduler.maxFrames
  }
  return { scheduler, pass }
}

interface Waiting {
  readonly url: string
  readonly clock: ReturnType<typeof virtualClock>
  readonly times: number
  readonly onNotification?: () => void
}

/** The waits after each of so many losses, without jitter. */
async function waitsOf({ url, clock: { scheduler, pass }, times, onNotification }: Waiting) {
  const remote = connectMonitor({ url, scheduler, random: () => 1 })
  follow(remote.notifications$, () => onNotification?.())
  const told = await last(
    remote.connection$.pipe(
      filter((now) => now.type === 'lost'),
      tap(({ retryInMs }) => setImmediate(pass, retryInMs)),
      take(times),
      toArray(),
    ),
  )
  return told?.map(({ retryInMs }) => retryInMs)
}

describe('a server that is not a govstream, or is broken', () => {
  it.each<readonly [what: string, answer: RequestListener, says: string]>([
    [
      'sends an HTML page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'answered with text/html, not with a stream of events: check that it is the address of a govstream.',
    ],
    ['sends no content type', (_, response) => response.writeHead(200).end('data: 1\n\n'), 'answered with nothing'],
    [
      'echoes the token as its content type',
      ({ headers }, response) => response.writeHead(200, { 'content-type': headers.authorization ?? '' }).end(),
      'answered with Bearer (secret), not',
    ],
    ['fails', (_, response) => response.writeHead(500).end(), 'answered with 500.'],
    ['is too busy', (_, response) => response.writeHead(429).end(), 'answered with 429.'],
    ['cuts the connection at once', (request) => request.socket.destroy(), 'the connection was cut'],
    ['ends at once', telling(), 'ended the stream of events.'],
    ['ends in the middle of an event', telling(notification.slice(0, -1)), 'ended the stream of events.'],
    ['never ends a line', telling('x'.repeat(17_000_000)), 'sent too much at once'],
    ['never ends an event', telling(`:${'x'.repeat(1_000)}\n`.repeat(17_000)), 'sent too much at once'],
    [
      'sends a bomb of gzip',
      (_, response) =>
        response.writeHead(200, { ...stream, 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(17_000_000))),
      'sent too much at once',
    ],
    [
      'sends invalid gzip',
      (_, response) => response.writeHead(200, { ...stream, 'content-encoding': 'gzip' }).end('no gzip'),
      'the answer is damaged',
    ],
  ])('that %s is reported, and tried again', async (_, answer, says) => {
    const { url } = await lying(answer)
    const told = await twiceLost({ url, token })
    expect(told.map(problemOf)).toStrictEqual([expect.stringContaining(says), expect.stringContaining(says)])
    expect(inspect(told)).not.toContain(token)
  })

  it('may accept and be silent: it is tried again after 45 s', async () => {
    const { scheduler, pass } = virtualClock()
    let asked = 0
    const { url } = await lying(() => {
      asked += 1
      pass(45_000)
    })
    const told = await twiceLost({ url, scheduler, random: atOnce })
    expect(told).toMatchObject([{ problem: `${url} has gone silent.` }, { problem: `${url} has gone silent.` }])
    expect(asked).toBe(2)
    expect(scheduler.frame).toBe(90_000)
  })

  it('cannot cause an incomplete event', async () => {
    const { url } = await lying(telling(notification, notification.replace('id: 1', 'id: 2').slice(0, -1)))
    const remote = connectMonitor({ url, random: atOnce })
    const ids: string[] = []
    follow(remote.notifications$, ({ id }) => ids.push(id))
    await firstValueFrom(remote.connection$.pipe(filter(({ type }) => type === 'lost')), { defaultValue: undefined })
    expect(ids).toStrictEqual(['n1'])
    expect(remote.lastEventId()).toBe('1')
  })

  it.each<readonly [what: string, answer: RequestListener, waits: readonly number[]]>([
    [
      'fails',
      (_, response) => response.writeHead(503).end(),
      [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000],
    ],
    ['starts properly, and ends at once', telling('retry: 999999999\n\n', placeText(1)), [500, 1_000, 2_000, 4_000]],
  ])('is tried at growing intervals if it %s', async (_, answer, waits) => {
    const { url } = await lying(answer)
    expect(await waitsOf({ url, clock: virtualClock(), times: waits.length })).toStrictEqual(waits)
  })

  it('is tried again soon if it lasted for ten seconds', async () => {
    const clock = virtualClock()
    let id = 0
    let open: ServerResponse | undefined
    const { url } = await lying((_, response) => {
      id += 1
      response.writeHead(200, stream).write(`${placeText(id)}${notification.replace('id: 1', `id: ${id + 1}`)}`)
      id += 1
      open = response
    })
    const endInTenSeconds = (): void => {
      clock.pass(10_000)
      open?.end()
    }
    expect(await waitsOf({ url, clock, times: 3, onNotification: endInTenSeconds })).toStrictEqual([500, 500, 500])
  })

  it('is the only one that gets the token, if it redirects', async () => {
    const asked: IncomingMessage[] = []
    const other = await lying((request, response) => {
      asked.push(request)
      response.end()
    })
    const { url } = await lying((_, response) => response.writeHead(307, { location: `${other.url}/${token}` }).end())
    const ended = last(connectMonitor({ url, token }).heads$)
    await expect(ended).rejects.toThrow(
      `${url} redirects to 127.0.0.1:${other.port} (HTTP 307). No redirect is followed`,
    )
    expect(asked).toStrictEqual([])
  })

  it.each<readonly [what: string, send: (response: ServerResponse, authorization: string) => void, says: string]>([
    [
      'invalid JSON',
      (response, authorization) => response.end(`event: head\ndata: ${authorization}\n\n`),
      'sent a "head" that this version does not understand: use the same version on both sides.',
    ],
    [
      'an unknown change',
      (response) => response.end('event: change\ndata: {"type":"voteSold"}\n\n'),
      'sent a "change" that this version does not understand',
    ],
    [
      'too many chains',
      (response) => response.end(Array.from({ length: 1_001 }, (_, index) => frameText(head(`c${index}`))).join('')),
      'sent more than 1000 chains: check that it is the address of a govstream.',
    ],
  ])('ends the streams if it sends %s', async (_, send, says) => {
    const { url } = await lying(({ headers }, response) => {
      send(response.writeHead(200, stream), headers.authorization ?? '')
    })
    const problem: unknown = await last(connectMonitor({ url, token }).proposals$).catch((cause: unknown) => cause)
    expect(problem).toBeInstanceOf(RemoteError)
    expect(reasonOf(problem)).toContain(`${url} ${says}`)
    expect(inspect(problem, { depth: 10 })).not.toContain(token)
  })

  it('cannot send terminal control characters as the reason of a reset', async () => {
    const reason = `\u001b[2J\u202eanew ${token} ${'x'.repeat(5_000)}`
    const { url } = await lying(telling(frameText({ type: 'reset', reason })))
    const reset = await firstValueFrom(
      connectMonitor({ url, token }).connection$.pipe(filter((now) => now.type === 'reset')),
      { defaultValue: undefined },
    )
    expect(reset?.reason).toMatch(/^anew \(secret\) x+…$/)
    expect(reset?.reason.length).toBeLessThan(1_100)
  })
})

describe('an interrupted stream', () => {
  const titles = Array.from({ length: 4 }, (_, index) => `${index}: ünï 👩‍👩‍👧 \u2028 r`)
  const told = titles.map((title, index) =>
    frameText({ type: 'notification', notification: announcement(`n${index}`, { title }).notification }, index + 1),
  )

  /**
   * Sends the events after the requested id, in pieces, and cuts the first connection after so
   * many bytes.
   */
  function cutAfter(cut: number, size: number): NonNullable<ConnectOptions['fetch']> {
    let connections = 0
    return (_, { headers }) => {
      const behind = Number(new Headers(headers).get('last-event-id') ?? 0)
      const bytes = new TextEncoder().encode([placeText(behind), ...told.slice(behind)].join(''))
      const end = connections++ === 0 ? cut : bytes.length
      const pieces = Array.from({ length: Math.ceil(end / size) }, (_, at) =>
        bytes.slice(at * size, Math.min(end, (at + 1) * size)),
      )
      return Promise.resolve(new Response(ReadableStream.from(pieces), { headers: stream }))
    }
  }

  it('delivers each event once and in order, wherever it is cut, even within a character', async () => {
    const { length } = new TextEncoder().encode(told.join(''))
    for (let cut = 0; cut < length; cut += 13) {
      const fetch = cutAfter(cut, 1 + (cut % 17))
      const { notifications$ } = connectMonitor({ url: 'http://gov.example', fetch, random: atOnce })
      const seen = await last(notifications$.pipe(take(titles.length), toArray()))
      expect(seen?.map(({ title }) => title)).toStrictEqual(titles)
    }
  })
})

describe('an option that cannot be in a header', () => {
  it.each<readonly [string, Partial<ConnectOptions>]>([
    ['token', { token: `${token}\n` }],
    ['token', { token: `${token}€` }],
    ['lastEventId', { lastEventId: `${token} 1` }],
  ])('is rejected as %s before any request, and not shown', (path, options) => {
    let problem: unknown
    try {
      connectMonitor({ url: 'http://127.0.0.1:9', ...options })
    } catch (cause) {
      problem = cause
    }
    expect(problem).toBeInstanceOf(ConfigError)
    expect(reasonOf(problem)).toContain(`${path}: expected`)
    expect(inspect(problem)).not.toContain(token)
  })

  it('is ignored if it is empty, like an unset variable', async () => {
    const asked: (string | undefined)[] = []
    const { url } = await lying(({ headers }, response) => {
      asked.push(headers.authorization)
      response.writeHead(401).end()
    })
    await expect(last(connectMonitor({ url, token: '', lastEventId: '' }).heads$)).rejects.toThrow('asks for a token')
    expect(asked).toStrictEqual([undefined])
  })
})
