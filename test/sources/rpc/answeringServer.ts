import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { listen } from '../../support/servers/listen.js'

const callSchema = z.looseObject({
  id: z.number().optional(),
  method: z.string(),
  params: z.array(z.unknown()).optional(),
})
const bodySchema = z.union([z.array(callSchema), callSchema])
export type Body = z.infer<typeof bodySchema>

/** The server's reply to one request. */
export interface Said {
  readonly status?: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** A node that replies with what `answer` returns, over real HTTP. */
export async function startAnsweringServer(
  answer: (body: Body) => Said,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = await listen((request, response) => {
    void text(request).then((asked) => {
      const { status = 200, type = 'application/json', headers, body } = answer(bodySchema.parse(JSON.parse(asked)))
      response.writeHead(status, { 'content-type': type, ...headers }).end(body)
    })
  })
  return { url: server.url, stop: () => server.stop() }
}
