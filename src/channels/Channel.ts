import * as z from 'zod'
import type { Concealed } from '../domain/secrets/redactor.js'
import type { Message } from '../domain/notifications/message.js'
import type { Notification } from '../domain/notifications/notification.js'
import { httpUrl, rate, text, timerDuration, whole } from '../schema/scalars.js'
import type { HttpClient } from '../transport/HttpClient.js'
import { filterKeys } from './filter.js'
import type { Handler } from './Handler.js'
import type { LogWriter } from './LogWriter.js'
import { templatesSchema } from './templates.js'

export type { LogLevel, LogWriter } from './LogWriter.js'

/** What a channel may work with. */
export interface ChannelDeps {
  readonly log: LogWriter
  readonly http: HttpClient
  /** What people are told of a notification. */
  readonly compose: (notification: Notification) => Message
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/** No more than `count` requests in any span of `perMs` milliseconds. */
export interface SendRate {
  readonly count: number
  readonly perMs: number
}

/** For one try of a handler that says nothing else, in milliseconds. */
export const defaultTimeoutMs = 30_000

/** A handler, and how long and how often it is tried. */
export interface OpenChannel {
  readonly handler: Handler
  /** For one try. @defaultValue 30 s */
  readonly timeoutMs?: number
  /** Tries before a notification goes to the dead letters. @defaultValue that of the outbox */
  readonly maxAttempts?: number
}

interface CheckDeps extends Pick<ChannelDeps, 'http'> {
  readonly signal: AbortSignal
}

/** The schema of an entry of `notifier.handlers`. Its description is the documentation of the channel. */
type SettingsSchema = z.ZodObject<{ readonly type: z.ZodLiteral<string> } & typeof channelKeys>

/** One kind of handler that a configuration may name: everything there is to know of it lies in its file. */
export interface Channel<Schema extends SettingsSchema = SettingsSchema> {
  readonly schema: Schema
  /**
   * False of a channel for programs: each notification is handed over by itself, also where a route makes one message
   * of several. For all others `compose` then writes that message, and what is handed over is the first of them.
   * @defaultValue `true`
   */
  readonly bundles?: false
  /** What no output may show of these settings. */
  secrets(settings: z.output<Schema>): Partial<Concealed>
  /**
   * By what the service counts requests, such as the URL or the token: handlers with the same keep to their rates
   * together. May be a secret. @defaultValue each handler is counted by itself
   */
  countedBy?(settings: z.output<Schema>): string
  /** Makes the handler. Nothing is contacted; a heavy library is imported at the first notification. */
  open(settings: z.output<Schema>, deps: ChannelDeps): OpenChannel
  /**
   * Tries the receiver without sending it a notification, and says in a sentence what it found; rejects with a sentence
   * where it cannot be used. Absent where there is nothing to try.
   */
  check?(settings: z.output<Schema>, deps: CheckDeps): Promise<string>
}

/** The key `rate` of a channel whose service bears no more than this by default. */
export function rateKey(byDefault: string): z.ZodPrefault<ReturnType<typeof rate>> {
  return rate()
    .prefault(byDefault)
    .describe('Most requests in any span of that length. What is beyond it waits, critical ones first.')
}

/** The key `apiUrl` of a channel whose address stands in another key. */
export function gatewayKey(address: string): z.ZodExactOptional<ReturnType<typeof httpUrl>> {
  return z
    .exactOptional(httpUrl())
    .describe(`A gateway that takes the requests: its host, and its path before that of \`${address}\`.`)
}

/** Keys every channel takes. */
export const channelKeys = {
  name: z
    .exactOptional(text())
    .describe('Name in the log and the outbox; by default the type, numbered where it repeats.'),
  ...filterKeys,
  rate: rateKey('unlimited'),
  templates: z
    .exactOptional(templatesSchema)
    .describe('Texts of its own for an event, before those of `notifier.templates`.'),
}

/** Keys of every channel that asks a service over the network. */
export const serviceKeys = {
  timeout: timerDuration().prefault('10s').describe('Longest wait for one answer.'),
  maxAttempts: whole(1).prefault(100).describe('Tries before a notification goes to the dead letters.'),
}

/** Gives the functions of a channel the settings as its schema has them. */
export function defineChannel<Schema extends SettingsSchema>(channel: Channel<Schema>): Channel<Schema> {
  return channel
}
