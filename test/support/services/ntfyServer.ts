import { z } from 'zod'
import { type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

const bodySchema = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  title: z.string().min(1),
  message: z.string().min(1),
  priority: z.int().min(1).max(5),
  tags: z.array(z.string()),
  click: z.optional(z.url()),
  markdown: z.literal(false),
  sequence_id: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
})
type Sent = z.infer<typeof bodySchema>

export interface NtfyServer extends Service {
  /** The notifications on the phones. */
  readonly shown: readonly Sent[]
  /** Texts that became attachments. */
  readonly files: readonly string[]
}

export interface NtfyOptions {
  readonly token?: string
  /** Before 2.16 a message replaces no other. @defaultValue false */
  readonly isOld?: boolean
}

/** ntfy: limits in bytes, and no Retry-After. */
export async function startNtfy({ token, isOld = false }: NtfyOptions = {}): Promise<NtfyServer> {
  const shown: Sent[] = []
  const files: string[] = []
  const error = (http: number, code: number, words: string): ServiceReply => ({
    status: http,
    body: { code, http, error: words, link: 'https://ntfy.sh/docs/publish/' },
  })

  function answer({ method, path, headers, body, json }: ServiceCall): ServiceReply {
    if (method !== 'POST' || path !== '/') return error(404, 40_401, 'page not found')
    if (token !== undefined && headers.authorization !== `Bearer ${token}`) return error(401, 40_101, 'unauthorized')
    if (Buffer.byteLength(body) > 8_192) return error(413, 41_303, 'message payload too large')
    const sent = bodySchema.safeParse(json)
    if (!sent.success) return error(400, 40_024, `invalid request: ${sent.error.message}`)
    if (Buffer.byteLength(sent.data.message) > 4_096) files.push(sent.data.message)
    const at = isOld ? -1 : shown.findIndex(({ sequence_id: id }) => id === sent.data.sequence_id)
    if (at < 0) shown.push(sent.data)
    else shown[at] = sent.data
    const { topic, message } = sent.data
    return { status: 200, body: { id: `m${shown.length}`, time: 1, expires: 2, event: 'message', topic, message } }
  }
  return { ...(await startService(answer)), shown, files }
}
