import type { ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { type Arrivals, arrivals } from '../support/arrivals.js'
import { listen } from '../support/servers/listen.js'

export interface HoldingServer {
  readonly url: string
  /** Ids of the received notifications in order, answered or not. */
  readonly came: Arrivals<string>
  /** Ids that were answered with 200, in order. */
  readonly taken: Arrivals<string>
  /** Holds every answer from now on. */
  readonly hold: () => void
  /** Sends the held answers, and answers at once from now on. */
  readonly release: () => void
  readonly stop: () => Promise<void>
}

const notificationSchema = z.object({ id: z.string() })

/** A receiver of webhooks that answers when the test lets it. */
export async function startHoldingServer(): Promise<HoldingServer> {
  const came = arrivals<string>()
  const taken = arrivals<string>()
  const kept: (() => void)[] = []
  let holding = false
  const answer = (response: ServerResponse, id: string): void => {
    // A client that was killed in between never received the answer.
    if (response.destroyed) return
    response.writeHead(200).end(() => taken.add(id))
  }
  const server = await listen((request, response) => {
    void text(request).then((body) => {
      const { id } = notificationSchema.parse(JSON.parse(body))
      if (holding) kept.push(() => answer(response, id))
      else answer(response, id)
      came.add(id)
    })
  })
  return {
    url: server.url,
    came,
    taken,
    hold() {
      holding = true
    },
    release() {
      holding = false
      for (const give of kept.splice(0)) give()
    },
    stop: server.stop,
  }
}
