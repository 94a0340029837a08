import { createRoute, z } from '@hono/zod-openapi'
import { reasonOf } from '../../domain/errors.js'
import { type LiveEvent, liveTypes } from '../../domain/journal/liveEvent.js'
import { cleanLine } from '../../domain/text/text.js'
import { strictQuery } from '../lists.js'
import { followLive } from '../live/followLive.js'
import { streamOf } from '../live/streamOf.js'
import { refusal } from '../problem.js'
import { problemResponse } from '../schemas.js'
import type { Routes } from '../ServerContext.js'
import { namesText } from '../../domain/text/namesText.js'

// Maximum number of clients at a time: half of the connections.
const mostClients = 1_000

const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' }

const place = z.string().max(100)

/** One or more values of a key, separated by commas. */
function commaSeparated(example: string): z.ZodOptional<z.ZodString> {
  return z.optional(z.string().min(1).max(10_000)).openapi({ example })
}

const query = strictQuery({
  chain: commaSeparated('mainnet,testnet').describe('Only these chains.'),
  event: commaSeparated('change,notification').describe(`Only these kinds: ${liveTypes.join(', ')}.`),
  lastEventId: z.optional(place).describe('As the header `Last-Event-ID`, for clients that cannot send it.'),
})

/** All events as they occur, and from where a client left off. */
export const eventRoutes: Routes = (app, { config, live, log, conceal }) => {
  const types: ReadonlySet<string> = new Set(liveTypes)
  let clients = 0
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/events',
      summary: 'What happens, as server-sent events; with `Last-Event-ID`, from after that event on',
      request: { query, headers: z.object({ 'last-event-id': z.optional(place) }) },
      responses: {
        200: {
          description: 'An endless stream; a comment at least every 15 s.',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        400: problemResponse('A parameter is wrong.'),
        401: problemResponse('A token is needed.'),
        503: problemResponse('Too many follow already.'),
      },
    }),
    (c) => {
      const asked = c.req.valid('query')
      const wantsChain = oneOf('chain', asked.chain, new Set(config().chains.map(({ name }) => name)))
      const wantsType = oneOf('event', asked.event, types)
      // A browser that reconnects sends the header, and the query of its first request.
      const lastEventId = c.req.valid('header')['last-event-id'] ?? asked.lastEventId
      if (clients >= mostClients)
        throw refusal(503, `${mostClients} clients follow already: try again later.`, {
          headers: { 'retry-after': '30' },
        })
      // A HEAD request reads no body, so a stream for it would never end.
      if (c.req.method === 'HEAD') return new Response(null, { headers })
      clients += 1
      const request = {
        wantsChain,
        wantsType: (type: LiveEvent['type']) => wantsType(type),
        ...(lastEventId !== undefined && { lastEventId }),
      }
      const body = streamOf(
        (signal) => followLive(live, request, signal),
        () => (clients -= 1),
        (cause) => log.error({}, `a stream of events ended: ${conceal(reasonOf(cause))}`),
      )
      return new Response(body, { headers })
    },
  )
}

function oneOf(key: string, written: string | undefined, all: ReadonlySet<string>): (value: string) => boolean {
  if (written === undefined) return () => true
  const wanted = new Set(written.split(','))
  for (const value of wanted)
    if (!all.has(value))
      throw refusal(
        400,
        `${key}: expected one or more of ${namesText(all)}, with commas between them; ${value === '' ? 'an empty word' : cleanLine(value, 60)} is none.`,
      )
  return (value) => wanted.has(value)
}
