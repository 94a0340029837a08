import { z } from 'zod'
import { rateLimit, type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

const key = { routing_key: z.string(), dedup_key: z.string().min(1).max(255) }
const eventSchema = z.discriminatedUnion('event_action', [
  z.strictObject({ ...key, event_action: z.enum(['acknowledge', 'resolve']) }),
  z.strictObject({
    ...key,
    event_action: z.literal('trigger'),
    client: z.string(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      component: z.string(),
      group: z.string(),
      class: z.string(),
      custom_details: z.record(z.string(), z.string()),
    }),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })),
  }),
])
type Event = z.infer<typeof eventSchema>

export interface PagerDuty extends Service {
  /** The pages: one each time that an alert opens. */
  readonly pages: readonly string[]
  /** By their keys. */
  readonly alerts: ReadonlyMap<string, 'triggered' | 'acknowledged' | 'resolved'>
  /** Events in order, including those without an effect. */
  readonly events: readonly Event[]
  /** A user acknowledges all alerts. */
  readonly acknowledgeAll: () => void
}

export const routingKey = '0123456789abcdef0123456789abcdef'

/**
 * The Events API v2 for one service: 202 says that an event was read, but nothing about an
 * alert.
 */
export async function startPagerDuty(now: () => number = () => 0): Promise<PagerDuty> {
  const pages: string[] = []
  const events: Event[] = []
  const alerts = new Map<string, 'triggered' | 'acknowledged' | 'resolved'>()
  const overRate = rateLimit(120, 60_000, now)

  function apply(event: Event): void {
    events.push(event)
    const { dedup_key: id } = event
    const open = alerts.has(id) && alerts.get(id) !== 'resolved'
    if (event.event_action === 'trigger') {
      if (open) return
      alerts.set(id, 'triggered')
      pages.push(event.payload.summary)
    } else if (open) alerts.set(id, event.event_action === 'resolve' ? 'resolved' : 'acknowledged')
  }

  function answer({ method, path, headers, body, json }: ServiceCall): ServiceReply {
    if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404, body: 'Not Found' }
    if (overRate() !== undefined)
      return {
        status: 429,
        body: { status: 'throttle exceeded', message: 'Requests for this service are arriving too quickly.' },
      }
    const invalid = (...errors: readonly string[]): ServiceReply => ({
      status: 400,
      body: { status: 'invalid event', message: 'Event object is invalid', errors },
    })
    if (headers['content-type'] !== 'application/json') return invalid('Content-Type')
    if (Buffer.byteLength(body) > 512_000) return { status: 413, body: 'Payload Too Large' }
    const event = eventSchema.safeParse(json)
    if (!event.success)
      return invalid(...event.error.issues.map(({ path: at, message }) => `${at.join('.')} ${message}`))
    if (event.data.routing_key !== routingKey) return invalid(`'routing_key' ${event.data.routing_key} is not known`)
    apply(event.data)
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: event.data.dedup_key } }
  }
  const service = await startService(answer)
  return {
    ...service,
    pages,
    events,
    alerts,
    acknowledgeAll: () => {
      for (const [id, state] of alerts) if (state === 'triggered') alerts.set(id, 'acknowledged')
    },
  }
}
