import type { RESTPostAPIWebhookWithTokenJSONBody } from 'discord-api-types/v10'
import { z } from 'zod'
import { published, type Sent } from './published.js'
import { rateLimit, retryAfter, type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

const lettersOf = (text: string): number => Array.from(text.trim()).length
const text = (max: number) => z.string().refine((value) => lettersOf(value) >= 1 && lettersOf(value) <= max)

/** The used parts of a message, in the format published by Discord. */
const embed = z.strictObject({
  title: text(256).exactOptional(),
  description: text(4_096).exactOptional(),
  color: z.int().min(0).max(0xffffff).exactOptional(),
  fields: z
    .array(z.strictObject({ name: text(256), value: text(1_024), inline: z.boolean().exactOptional() }))
    .max(25)
    .exactOptional(),
  footer: z.strictObject({ text: text(2_048) }).exactOptional(),
})
type Embed = z.output<typeof embed>
const mentions = z.strictObject({ parse: z.array(z.enum(['users', 'roles', 'everyone'])) })
type Published = Pick<RESTPostAPIWebhookWithTokenJSONBody, 'embeds' | 'allowed_mentions' | 'thread_name'>
const message = published<Sent<Published>>()(
  z.strictObject({
    embeds: z.array(embed).min(1).max(10),
    allowed_mentions: mentions.exactOptional(),
    thread_name: text(100).exactOptional(),
  }),
)
type Given = z.output<typeof message>

interface Posted {
  readonly id: string
  readonly channel: string
  embeds: readonly Embed[]
}

export interface DiscordServer extends Service {
  readonly webhookUrl: string
  /** The visible content: each message by its channel. */
  readonly transcript: () => readonly string[]
  /** The mentions that would notify. */
  readonly pings: readonly string[]
  /** The links: label and target. */
  readonly links: () => readonly (readonly [string, string])[]
  /** Requests that Discord does not want to see again. */
  readonly violations: readonly string[]
  /**
   * As after days without a message: nothing in a thread can be edited until something is
   * posted there.
   */
  readonly archive: () => void
  /** As by a user: the messages, or the whole webhook, are removed. */
  readonly remove: (what: 'messages' | 'webhook') => void
}

const refuse = (status: number, code: number, said: string, errors?: unknown): ServiceReply => ({
  status,
  body: { message: said, code, ...(errors !== undefined && { errors }) },
})

/** The target of the webhook: a channel, or a forum in which each message starts a thread. */
interface Place {
  messages: Posted[]
  isThere: boolean
  /** All are open if undefined. */
  openThreads?: ReadonlySet<string>
  /** Of all ever posted. */
  count: number
  readonly isForum: boolean
  readonly pings: string[]
  readonly violations: string[]
  readonly overRate: () => number | undefined
}

/** Discord: one webhook, of a channel or of a forum. */
export async function startDiscord({
  now = () => 0,
  forum = false,
}: { readonly now?: () => number; readonly forum?: boolean } = {}): Promise<DiscordServer> {
  const place: Place = {
    ...{ messages: [], isThere: true, count: 0, isForum: forum, pings: [], violations: [] },
    overRate: rateLimit(5, 2_000, now),
  }
  const service = await startService((call) => answerIn(place, call))
  return {
    ...service,
    // As shown in the settings of a channel: without a version.
    webhookUrl: `${service.url}/api/webhooks/123/hook-secret`,
    pings: place.pings,
    violations: place.violations,
    archive: () => {
      place.openThreads = new Set()
    },
    remove: (what) => {
      place.messages = []
      if (what === 'webhook') place.isThere = false
    },
    transcript: () =>
      place.messages.flatMap(({ channel, embeds }) => embeds.flatMap(linesOf).map((line) => `${channel}: ${line}`)),
    links: () => linksIn(place),
  }
}

function answerIn(place: Place, { method, path, query, json }: ServiceCall): ServiceReply {
  const [, version, rest = ''] = /^\/api(\/v10)?\/webhooks\/123\/hook-secret(.*)$/.exec(path) ?? []
  if (version === undefined) return refuse(404, 0, '404: Not Found')
  if (!place.isThere) {
    place.violations.push('a webhook that is gone was used')
    return refuse(404, 10_015, 'Unknown Webhook')
  }
  if (method === 'GET' && rest === '')
    return { status: 200, body: { id: '123', name: 'gov\u0007stream', channel_id: '1' } }
  const wait = place.overRate()
  if (wait !== undefined) return limited(wait)
  const read = message.safeParse(json)
  if (!read.success) return refuse(400, 50_035, 'Invalid Form Body', z.treeifyError(read.error))
  if (lettersIn(read.data.embeds) > 6_000)
    return refuse(400, 50_035, 'Invalid Form Body', { embeds: ['MAX_EMBED_SIZE_EXCEEDED'] })
  if (method === 'PATCH') return editMessage(place, rest, query, read.data)
  return method === 'POST' && rest === ''
    ? postMessage(place, query, read.data)
    : refuse(405, 0, '405: Method Not Allowed')
}

function limited(waitMs: number): ServiceReply {
  const body = { message: 'You are being rate limited.', retry_after: waitMs / 1_000, global: false }
  return { status: 429, headers: retryAfter(waitMs), body }
}

function lettersIn(embeds: readonly Embed[]): number {
  return embeds
    .flatMap(({ title = '', description = '', fields = [], footer }) => [
      ...[title, description, footer?.text ?? ''],
      ...fields.flatMap(({ name, value }) => [name, value]),
    ])
    .reduce((sum, one) => sum + lettersOf(one), 0)
}

function editMessage(place: Place, path: string, query: URLSearchParams, given: Given): ServiceReply {
  const found = place.messages.find(({ id }) => path === `/messages/${id}`)
  if (found === undefined || (found.channel !== '1' && found.channel !== query.get('thread_id')))
    return refuse(404, 10_008, 'Unknown Message')
  if (found.channel !== '1' && place.openThreads?.has(found.channel) === false)
    return refuse(400, 50_083, 'Thread is archived')
  found.embeds = given.embeds
  notePings(place, given)
  return { status: 200, body: { id: found.id, channel_id: found.channel } }
}

function postMessage(place: Place, query: URLSearchParams, given: Given): ServiceReply {
  const { isForum, messages, openThreads } = place
  const thread = query.get('thread_id') ?? undefined
  if (isForum && (thread === undefined) === (given.thread_name === undefined))
    return refuse(400, 220_001, 'Webhooks posted to forum channels must have a thread_name or thread_id')
  if (!isForum && given.thread_name !== undefined)
    return refuse(400, 220_003, 'Webhooks can only create threads in forum channels')
  place.count += 1
  const id = String(1_000 + place.count)
  const channel = thread ?? (isForum ? id : '1')
  messages.push({ id, channel, embeds: given.embeds })
  if (openThreads !== undefined) place.openThreads = new Set([...openThreads, channel])
  notePings(place, given)
  // Without `wait` the result is not returned.
  return query.get('wait') === 'true' ? { status: 200, body: { id, channel_id: channel } } : { status: 204 }
}

function notePings({ pings }: Place, { embeds, allowed_mentions }: Given): void {
  // The default of Discord: users only.
  const calls = allowed_mentions?.parse ?? ['users']
  const written = JSON.stringify(embeds)
  if (calls.includes('everyone')) pings.push(...(written.match(/@(?:everyone|here)/g) ?? []))
  if (calls.includes('users')) pings.push(...(written.match(/<@!?\d+>/g) ?? []))
  if (calls.includes('roles')) pings.push(...(written.match(/<@&\d+>/g) ?? []))
}

function linksIn({ messages }: Place): readonly (readonly [string, string])[] {
  return messages
    .flatMap(({ embeds }) => embeds.map(({ description = '' }) => description))
    .flatMap((description) => [...description.matchAll(/(?<!\\)\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)/g)])
    .map(([, label = '', target = '']) => [label, target])
}

/** As a user sees it: without escapes. */
function linesOf({ title = '', description = '', fields = [], footer }: Embed): readonly string[] {
  return [
    `# ${title}`,
    ...description.split('\n').filter((line) => line !== ''),
    ...fields.map(({ name, value }) => `${name}: ${value}`),
    `(${footer?.text ?? ''})`,
  ].map((line) => line.replace(/\\([^\p{L}\p{N}\s])/gu, '$1'))
}
