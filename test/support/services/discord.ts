import { z } from 'zod'
import { rateLimit, type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

const lettersOf = (text: string): number => Array.from(text.trim()).length
const text = (max: number) => z.string().refine((value) => lettersOf(value) >= 1 && lettersOf(value) <= max)

/** The part of an embed that is used, in the shape that Discord publishes. */
const embed = z.strictObject({
  title: text(256).optional(),
  description: text(4_096).optional(),
  color: z.int().min(0).max(0xffffff).optional(),
  fields: z
    .array(z.strictObject({ name: text(256), value: text(1_024), inline: z.boolean().optional() }))
    .max(25)
    .optional(),
  footer: z.strictObject({ text: text(2_048) }).optional(),
})
type Embed = z.output<typeof embed>
const mentions = z.strictObject({ parse: z.array(z.enum(['users', 'roles', 'everyone'])) })
const message = z.strictObject({
  embeds: z.array(embed).min(1).max(10),
  allowed_mentions: mentions.optional(),
  thread_name: text(100).optional(),
})

interface Posted {
  readonly id: string
  readonly channel: string
  embeds: readonly Embed[]
}

export interface DiscordServer extends Service {
  readonly webhookUrl: string
  /** What is seen: each message by its channel. */
  readonly transcript: () => readonly string[]
  /** Who would be called. */
  readonly pings: readonly string[]
  /** What can be clicked: the label, and where it leads. */
  readonly links: () => readonly (readonly [string, string])[]
  /** What Discord does not want to see again. */
  readonly violations: readonly string[]
  /** As after days without a message: nothing in a thread can be edited until something is posted there. */
  readonly archive: () => void
  /** As by a person: the messages, or all of the webhook, are there no more. */
  readonly remove: (what: 'messages' | 'webhook') => void
}

const refuse = (status: number, code: number, said: string, errors?: unknown): ServiceReply => ({
  status,
  body: { message: said, code, ...(errors !== undefined && { errors }) },
})

/** Discord: one webhook, of a channel or of a forum. */
export async function startDiscord({
  now = () => 0,
  forum = false,
}: { readonly now?: () => number; readonly forum?: boolean } = {}): Promise<DiscordServer> {
  let messages: Posted[] = []
  let isThere = true
  let openThreads: ReadonlySet<string> | undefined
  const pings: string[] = []
  const violations: string[] = []
  const limit = rateLimit(5, 2_000, now)
  let count = 0

  function show({ embeds, allowed_mentions }: z.output<typeof message>): void {
    // What Discord does where nothing is said: users alone.
    const calls = allowed_mentions?.parse ?? ['users']
    const written = JSON.stringify(embeds)
    if (calls.includes('everyone')) pings.push(...(written.match(/@(?:everyone|here)/g) ?? []))
    if (calls.includes('users')) pings.push(...(written.match(/<@!?\d+>/g) ?? []))
    if (calls.includes('roles')) pings.push(...(written.match(/<@&\d+>/g) ?? []))
  }

  function answer({ method, path, query, json }: ServiceCall): ServiceReply {
    const [, version, rest = ''] = /^\/api(\/v10)?\/webhooks\/123\/hook-secret(.*)$/.exec(path) ?? []
    if (version === undefined) return refuse(404, 0, '404: Not Found')
    if (!isThere) {
      if (violations.push('a webhook that is gone was used') > 0) return refuse(404, 10_015, 'Unknown Webhook')
    }
    if (method === 'GET' && rest === '')
      return { status: 200, body: { id: '123', name: 'gov\u0007stream', channel_id: '1' } }
    const wait = limit()
    if (wait !== undefined) {
      const headers = { 'retry-after': String(Math.ceil(wait / 1_000)) }
      return {
        status: 429,
        headers,
        body: { message: 'You are being rate limited.', retry_after: wait / 1_000, global: false },
      }
    }
    const read = message.safeParse(json)
    if (!read.success) return refuse(400, 50_035, 'Invalid Form Body', z.treeifyError(read.error))
    const { embeds, thread_name } = read.data
    const sum = embeds.reduce((all, { title = '', description = '', fields = [], footer }) => {
      const texts = [title, description, footer?.text ?? '', ...fields.flatMap(({ name, value }) => [name, value])]
      return all + texts.reduce((size, one) => size + lettersOf(one), 0)
    }, 0)
    if (sum > 6_000) return refuse(400, 50_035, 'Invalid Form Body', { embeds: ['MAX_EMBED_SIZE_EXCEEDED'] })
    const thread = query.get('thread_id') ?? undefined
    if (method === 'PATCH') {
      const found = messages.find(({ id }) => rest === `/messages/${id}`)
      if (found === undefined || (found.channel !== '1' && found.channel !== thread))
        return refuse(404, 10_008, 'Unknown Message')
      if (found.channel !== '1' && openThreads?.has(found.channel) === false)
        return refuse(400, 50_083, 'Thread is archived')
      found.embeds = embeds
      show(read.data)
      return { status: 200, body: { id: found.id, channel_id: found.channel } }
    }
    if (method !== 'POST' || rest !== '') return refuse(405, 0, '405: Method Not Allowed')
    if (forum && (thread === undefined) === (thread_name === undefined))
      return refuse(400, 220_001, 'Webhooks posted to forum channels must have a thread_name or thread_id')
    if (!forum && thread_name !== undefined)
      return refuse(400, 220_003, 'Webhooks can only create threads in forum channels')
    count += 1
    const posted = { id: String(1_000 + count), channel: thread ?? (forum ? String(1_000 + count) : '1'), embeds }
    messages.push(posted)
    openThreads = openThreads && new Set([...openThreads, posted.channel])
    show(read.data)
    // Without `wait`, nobody hears what became of it.
    return query.get('wait') === 'true'
      ? { status: 200, body: { id: posted.id, channel_id: posted.channel } }
      : { status: 204 }
  }

  const service = await startService(answer)
  return {
    ...service,
    // As the settings of a channel show it: without a version.
    webhookUrl: `${service.url}/api/webhooks/123/hook-secret`,
    pings,
    violations,
    archive: () => {
      openThreads = new Set()
    },
    remove: (what) => {
      messages = []
      if (what === 'webhook') isThere = false
    },
    transcript: () =>
      messages.flatMap(({ channel, embeds }) => embeds.flatMap(linesOf).map((line) => `${channel}: ${line}`)),
    links: () =>
      messages
        .flatMap(({ embeds }) => embeds.map(({ description = '' }) => description))
        .flatMap((description) => [...description.matchAll(/(?<!\\)\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)/g)])
        .map(([, label = '', target = '']) => [label, target]),
  }
}

/** As a person sees it: escapes are gone. */
function linesOf({ title = '', description = '', fields = [], footer }: Embed): readonly string[] {
  return [
    `# ${title}`,
    ...description.split('\n').filter((line) => line !== ''),
    ...fields.map(({ name, value }) => `${name}: ${value}`),
    `(${footer?.text ?? ''})`,
  ].map((line) => line.replace(/\\([^\p{L}\p{N}\s])/gu, '$1'))
}
