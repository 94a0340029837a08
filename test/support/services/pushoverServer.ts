import { z } from 'zod'
import { type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

export const token = 'azGDORePK8gMaC0QOYAMyEEuzJnyUi'
export const user = 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG'

const letters = (text: string): number => Array.from(text).length
const text = (most: number) =>
  z
    .string()
    .refine((value) => value.trim() !== '' && letters(value) <= most, { error: `cannot be blank or above ${most}` })
const base = {
  token: z.string(),
  user: z.string(),
  title: text(250),
  message: text(1_024),
  url: z.optional(z.url().refine((value) => letters(value) <= 512)),
  url_title: z.optional(text(100)),
}
const messageSchema = z.union([
  z.strictObject({ ...base, priority: z.int().min(-2).max(1) }),
  z.strictObject({
    ...base,
    priority: z.literal(2),
    retry: z.int().min(30),
    expire: z.int().min(1).max(10_800),
    tags: z.optional(z.string().regex(/^[A-Za-z0-9_=-]+$/)),
  }),
])
type Sent = z.infer<typeof messageSchema>

export interface PushoverServer extends Service {
  /** The notifications on the phones. */
  readonly shown: readonly Sent[]
  /** What rings until it is acknowledged, by receipt. */
  readonly ringing: Set<string>
}

/** The message API of Pushover, with emergencies that ring until acknowledged or cancelled. */
export async function startPushover(): Promise<PushoverServer> {
  const shown: Sent[] = []
  const ringing = new Set<string>()
  const tags = new Map<string, string | undefined>()
  const taken = (more: object = {}): ServiceReply => ({ status: 200, body: { status: 1, request: 'r-1', ...more } })
  const refused = (...errors: readonly string[]): ServiceReply => ({
    status: 400,
    body: { status: 0, request: 'r-1', errors },
  })

  function answer({ method, path, json }: ServiceCall): ServiceReply {
    const who = z.looseObject({ token: z.string(), user: z.optional(z.string()) }).safeParse(json).data
    if (method !== 'POST' || who === undefined) return refused('invalid request')
    if (who.token !== token) return refused('application token is invalid')
    const receipt = /^\/1\/receipts\/([A-Za-z0-9]+)\/cancel\.json$/.exec(path)?.[1]
    if (receipt !== undefined)
      return ringing.delete(receipt) ? taken() : refused('receipt not found; may be invalid or expired')
    const tag = /^\/1\/receipts\/cancel_by_tag\/([^/]+)\.json$/.exec(path)?.[1]
    if (tag !== undefined) {
      const tagged = [...ringing].filter((one) => tags.get(one) === tag)
      for (const one of tagged) ringing.delete(one)
      return taken({ canceled: tagged.length })
    }
    if (who.user !== user) return refused('user identifier is not a valid user, group, or subscribed user key')
    if (path === '/1/users/validate.json') return taken()
    if (path !== '/1/messages.json') return { status: 404, body: 'not found' }
    const sent = messageSchema.safeParse(json)
    if (!sent.success) return refused(sent.error.message)
    shown.push(sent.data)
    if (sent.data.priority !== 2) return taken()
    const id = `rLqVuqTRh62UzxtmqiaLzQmV${String(shown.length).padStart(6, '0')}`
    ringing.add(id)
    tags.set(id, 'tags' in sent.data ? sent.data.tags : undefined)
    return taken({ receipt: id })
  }
  return { ...(await startService(answer)), shown, ringing }
}
