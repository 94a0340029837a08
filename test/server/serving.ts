import { request } from 'node:http'
import { connect } from 'node:net'
import { NEVER, type Observable, Subject } from 'rxjs'
import { onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { redactorOf } from '../../src/config/redactorOf.js'
import type { Config, ConfigInput } from '../../src/config/schema.js'
import type { Turn } from '../../src/domain/chainState.js'
import type { Attempt } from '../../src/server/createCounters.js'
import { recordRun } from '../../src/server/recordRun.js'
import { serve, type ServeOptions } from '../../src/server/serve.js'
import { openStore } from '../../src/store/openStore.js'
import type { Store } from '../../src/store/Store.js'
import { minimal } from '../support/configs.js'

/** The answer of a server. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  /** As received, perhaps compressed. */
  readonly bytes: Buffer
  readonly json: () => unknown
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A listening server, and what it serves. */
export interface Serving {
  readonly url: string
  readonly port: number
  readonly store: Store
  readonly turn$: Subject<Turn>
  /** Everything that was logged, as text. */
  readonly logged: readonly string[]
  readonly ask: (path: string, asked?: Asked) => Promise<Answer>
  /** Asks it to stop; resolves once it has ended. */
  readonly stop: () => Promise<void>
  readonly ended: Promise<void>
}

export type HttpInput = NonNullable<ConfigInput['http']>

type Served = Partial<ServeOptions> & { readonly delivery$?: Observable<Attempt> }

/** Serves an empty state, or that of `over`, until the test is done. */
export async function serving(http: HttpInput = {}, { delivery$ = NEVER, ...over }: Served = {}): Promise<Serving> {
  const config = configOf({ listen: '127.0.0.1:0', ...http })
  const logged: string[] = []
  const store = over.store ?? openStore({ path: ':memory:' })
  const turn$ = new Subject<Turn>()
  const stop$ = new Subject<void>()
  const listening = deferred<string>()
  const write = (fields: object, line: string): void => {
    logged.push(`${line} ${JSON.stringify(fields)}`)
    if ('url' in fields) listening.resolve(String(fields.url))
  }
  const current = over.config ?? ((): Config => config)
  const { record$, ...record } = recordRun({ turn$, delivery$, config: current })
  const server$ = serve({
    ...record,
    config: current,
    http: config.http!,
    store,
    states: () => [],
    unwritableSince: () => undefined,
    turn$,
    sync: () => Promise.resolve([]),
    log: { info: write, warn: write, error: write },
    conceal: redactorOf(config),
    now: () => 1_800_000_000_000,
    stop$,
    ...over,
  })
  const ended = new Promise<void>((resolve, reject) => {
    const subscription = server$.subscribe({ error: reject, complete: resolve })
    subscription.add(record$.subscribe())
    onTestFinished(() => subscription.unsubscribe())
  })
  ended.catch(listening.reject)
  const url = await listening.promise
  const port = Number(new URL(url).port)
  return {
    url,
    port,
    store,
    turn$,
    logged,
    ended,
    ask: (path, asked) => ask(url, path, asked),
    stop: async () => {
      stop$.next()
      turn$.complete()
      await ended
    },
  }
}

function configOf(http: HttpInput, chain: object = {}): Config {
  return parseConfig(minimal(chain, { http }))
}

/** One HTTP request on its own connection. The path is sent unchanged. */
export function ask(url: string, path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const asking = request(
      { hostname: hostname.replace(/[[\]]/g, ''), port, path, method, headers, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const text = bytes.toString()
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text,
            bytes,
            json: (): unknown => JSON.parse(text),
          })
        })
      },
    )
    asking.on('error', reject)
    asking.end(body)
  })
}

/** Sends bytes unchanged; returns what came back until the server closed the connection. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
    socket.write(text)
  })
}

/** A promise that is settled from outside. */
export function deferred<T>(): {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
} {
  const settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } = {
    resolve: () => undefined,
    reject: () => undefined,
  }
  const promise = new Promise<T>((resolve, reject) => Object.assign(settle, { resolve, reject }))
  return { promise, resolve: (value) => settle.resolve(value), reject: (reason) => settle.reject(reason) }
}
