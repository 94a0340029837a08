import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod'

/** The current state of a message: its text, its facts, and the number of replies in its thread. */
export interface RoomMessage {
  readonly ts: string
  readonly text: string
  /** Such as `For` and `75 % (300)`. */
  readonly facts: ReadonlyMap<string, string>
  readonly replies: number
}

/** A local stand-in for Slack. */
export interface SlackRoom {
  /** Base URL of the methods of its Web API. */
  readonly apiUrl: string
  readonly stop: () => Promise<void>
}

const bodySchema = z.object({
  text: z.string(),
  blocks: z.array(z.object({ fields: z.array(z.object({ text: z.string() })).default([]) })).default([]),
  ts: z.string().optional(),
  thread_ts: z.string().optional(),
})

function factsIn({ blocks }: z.output<typeof bodySchema>): ReadonlyMap<string, string> {
  return new Map(
    blocks
      .flatMap(({ fields }) => fields)
      .map(({ text: fact }) => {
        const [name = '', value = ''] = fact.split('\n')
        return [name, value]
      }),
  )
}

/** Starts a room that accepts messages, edits and replies as Slack does, and calls back when a message changes. */
export async function startSlackRoom(onChange: (message: RoomMessage) => void): Promise<SlackRoom> {
  const messages = new Map<string, RoomMessage>()
  let count = 0

  function take(method: string, given: z.output<typeof bodySchema>): string {
    const root = given.ts ?? given.thread_ts
    const before = root === undefined ? undefined : messages.get(root)
    const ts =
      method === 'chat.update' && before !== undefined
        ? before.ts
        : `1764140000.${String((count += 1)).padStart(6, '0')}`
    const content = { text: given.text, facts: factsIn(given) }
    const changed =
      before === undefined
        ? { ts, ...content, replies: 0 }
        : method === 'chat.update'
          ? { ...before, ...content }
          : { ...before, replies: before.replies + 1 }
    messages.set(changed.ts, changed)
    onChange(changed)
    return ts
  }

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const given = bodySchema.safeParse(JSON.parse(body))
      const method = (request.url ?? '').slice(1)
      const answer = given.success
        ? { ok: true, channel: 'C0DEMO', ts: take(method, given.data) }
        : { ok: false, error: 'invalid_arguments' }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The stand-in for Slack has no port.')
  return {
    apiUrl: `http://127.0.0.1:${address.port}/`,
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
