import { z } from 'zod'
import { type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

const run = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string().min(1),
  weight: z.optional(z.enum(['Default', 'Lighter', 'Bolder'])),
  size: z.optional(z.enum(['Default', 'Small', 'Medium', 'Large', 'ExtraLarge'])),
  color: z.optional(z.enum(['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'])),
  isSubtle: z.optional(z.boolean()),
})
const block = z.strictObject({
  type: z.literal('RichTextBlock'),
  inlines: z.array(run).min(1),
  spacing: z.optional(z.enum(['Default', 'None', 'Small', 'Medium', 'Large', 'ExtraLarge', 'Padding'])),
})
const container = z.strictObject({
  type: z.literal('Container'),
  style: z.enum(['default', 'emphasis', 'good', 'attention', 'warning', 'accent']),
  items: z.array(block).min(1),
})
const action = z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string().min(1), url: z.url() })
// The used part of the schema of adaptive cards 1.4.
const postSchema = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null(),
        content: z.strictObject({
          $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
          type: z.literal('AdaptiveCard'),
          version: z.literal('1.4'),
          body: z.array(z.union([block, container])).min(1),
          actions: z.optional(z.array(action).min(1).max(6)),
          msteams: z.strictObject({ width: z.literal('Full') }),
        }),
      }),
    )
    .length(1),
})

export interface ShownCard {
  /** The visible text, a line per block. */
  readonly text: string
  /** The targets of its buttons, as (label, target). */
  readonly links: readonly (readonly [string, string])[]
  readonly pings: readonly string[]
}

export interface TeamsWorkflow extends Service {
  readonly webhookUrl: string
  readonly shown: readonly ShownCard[]
  /** Runs that failed after the 202. */
  readonly failedRuns: readonly string[]
}

const path = '/powerautomate/automations/direct/workflows/0123/triggers/manual/paths/invoke'
const query = 'api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=s3cr3t-signature_of-the-flow'

/** A workflow of Power Automate: accepts a request, and checks it afterwards. */
export async function startTeamsWorkflow(): Promise<TeamsWorkflow> {
  const shown: ShownCard[] = []
  const failedRuns: string[] = []

  function post(json: unknown, body: string): void {
    const card = postSchema.safeParse(json)
    if (!card.success) failedRuns.push(`InvalidBotAdaptiveCard ${card.error.message}`)
    else if (Math.max(Buffer.byteLength(body), 2 * body.length) > 28 * 1_024) failedRuns.push('RequestEntityTooLarge')
    else shown.push(asShown(card.data.attachments[0]!.content))
  }

  function answer(call: ServiceCall): ServiceReply {
    if (call.path !== path || call.method !== 'POST')
      return { status: 404, body: { error: { code: 'WorkflowNotFound', message: 'The workflow could not be found.' } } }
    if (call.query.toString() !== new URLSearchParams(query).toString())
      return {
        status: 401,
        body: { error: { code: 'DirectApiAuthorizationRequired', message: 'The request must be authenticated.' } },
      }
    if (call.json === undefined)
      return { status: 400, body: { error: { code: 'InvalidJson', message: 'The body is no JSON.' } } }
    post(call.json, call.body)
    return { status: 202, body: '' }
  }
  const service = await startService(answer)
  return { ...service, webhookUrl: `${service.url}${path}?${query}`, shown, failedRuns }
}

type Card = z.infer<typeof postSchema>['attachments'][number]['content']

function asShown({ body, actions = [] }: Card): ShownCard {
  const blocks = body.flatMap((one) => (one.type === 'Container' ? one.items : [one]))
  const text = blocks.map(({ inlines }) => inlines.map((part) => part.text).join('')).join('\n')
  return {
    text,
    links: actions.map(({ title, url }) => [title, url] as const),
    pings: [...text.matchAll(/<at\b[^>]*>([^]*?)<\/at>/gi)].map(([, who = '']) => who),
  }
}
