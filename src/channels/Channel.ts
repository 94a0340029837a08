import * as z from 'zod'
import type { Concealed } from '../domain/secrets/redactor.js'
import type { Message } from '../domain/notifications/message.js'
import type { SubjectStanding } from '../domain/notifications/messageText.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Json } from '../domain/text/json.js'
import { httpUrl, rate, text, timerDuration, whole } from '../schema/scalars.js'
import type { HttpClient } from '../transport/HttpClient.js'
import { filterKeys } from './filter.js'
import type { Handler } from './Handler.js'
import type { LogWriter } from './LogWriter.js'
import { templatesSchema } from './templates.js'

export type { LogLevel, LogWriter } from './LogWriter.js'

/** Dependencies that a channel gets. */
export interface ChannelDeps {
  readonly log: LogWriter
  readonly http: HttpClient
  /** Writes the message that people read for a notification. */
  readonly compose: (notification: Notification) => Message
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/** A rate limit: at most `count` requests in any span of `perMs` milliseconds. */
export interface SendRate {
  readonly count: number
  readonly perMs: number
}

/** Default time limit of one attempt, in milliseconds. */
export const defaultTimeoutMs = 30_000

/** A handler, with the time limit and the number of its attempts. */
export interface OpenChannel {
  readonly handler: Handler
  /** Time limit of one attempt, in milliseconds. @defaultValue 30 s */
  readonly timeoutMs?: number
  /** Attempts before a notification goes to the dead letters. @defaultValue that of the outbox */
  readonly maxAttempts?: number
}

interface CheckDeps extends Pick<ChannelDeps, 'http'> {
  readonly signal: AbortSignal
}

/** What a channel keeps open at its service for a subject until that ends, and stores with the state. */
export interface KeptPosts {
  /** `alerts` are keyed by their subject, so that handlers with one place share them; `messages` are edited. */
  readonly kind: 'alerts' | 'messages'
  /**
   * Returns true if what the channel stored for a subject is still open at the service, and undefined if the channel
   * does not store such a value. `standing` is that of the newest notification that was posted, if it is known.
   */
  isOpen(posted: Json, standing: SubjectStanding | undefined): boolean | undefined
}

/** The schema of an entry of `notifier.handlers`. Its description is the documentation of the channel. */
type SettingsSchema = z.ZodObject<{ readonly type: z.ZodLiteral<string> } & typeof channelKeys>

/** One kind of handler that a configuration may name. Its file holds everything that is specific to it. */
export interface Channel<Schema extends SettingsSchema = SettingsSchema> {
  readonly schema: Schema
  /**
   * `false` for a channel that programs read: each notification is handed over by itself, even if a route bundles
   * several into one message. For all other channels `compose` writes the bundled message, and the handler gets the
   * first notification of the bundle.
   * @defaultValue `true`
   */
  readonly bundles?: false
  /** `nothing` if each notification stands for itself and nothing is stored. */
  readonly keeps: KeptPosts | 'nothing'
  /**
   * Returns where these settings send: handlers of one type with equal places reach the same people. Settings that
   * only change what is sent, and how, are left out. May contain secrets.
   */
  placeOf(settings: z.output<Schema>): readonly unknown[]
  /**
   * Returns what the receiver gets, for `notify preview`; `request` if that is the body of the first request that the
   * handler sends through `http`. A handler that acts in another way, such as a program that it starts, must have a
   * function here, because the preview calls the handlers of the others.
   */
  readonly preview: 'request' | ((notification: Notification, message: Message) => string)
  /** The parts of these settings that no output may show. */
  secrets(settings: z.output<Schema>): Partial<Concealed>
  /**
   * What the service counts requests by, such as the URL or the token: handlers with the same value share their rate
   * limits. May be a secret. @defaultValue each handler is counted by itself
   */
  countedBy?(settings: z.output<Schema>): string
  /** Creates the handler. Contacts nothing; a heavy library is imported at the first notification. */
  open(settings: z.output<Schema>, deps: ChannelDeps): OpenChannel
  /**
   * Tests the receiver without sending it a notification. Resolves with a sentence that says what it found, and rejects
   * with a sentence if the receiver cannot be used. Absent if there is nothing to test.
   */
  check?(settings: z.output<Schema>, deps: CheckDeps): Promise<string>
}

/** The key `rate` of a channel, with the limit of its service as the default. */
export function rateKey(byDefault: string): z.ZodPrefault<ReturnType<typeof rate>> {
  return rate()
    .prefault(byDefault)
    .describe('Maximum number of requests in any span of that length. Further ones wait; critical ones go first.')
}

/** The key `apiUrl` of a channel whose address is configured under another key. */
export function gatewayKey(address: string): z.ZodExactOptional<ReturnType<typeof httpUrl>> {
  return z
    .exactOptional(httpUrl())
    .describe(`URL of a gateway that forwards the requests: its host, and its path before the path of \`${address}\`.`)
}

/** Keys every channel takes. */
export const channelKeys = {
  name: z
    .exactOptional(text())
    .describe('Name in the log and the outbox. By default the type, with a number if several handlers have that type.'),
  ...filterKeys,
  rate: rateKey('unlimited'),
  templates: z
    .exactOptional(templatesSchema)
    .describe('Templates for events of this handler. They take precedence over `notifier.templates`.'),
}

/** Keys of every channel that asks a service over the network. */
export const serviceKeys = {
  timeout: timerDuration().prefault('10s').describe('Maximum time to wait for one answer.'),
  maxAttempts: whole(1).prefault(100).describe('Number of attempts before a notification becomes a dead letter.'),
}

/** Returns the channel unchanged; its functions get the type of `settings` from the schema. */
export function defineChannel<Schema extends SettingsSchema>(channel: Channel<Schema>): Channel<Schema> {
  return channel
}
