import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { type Arrivals, arrivals } from '../support/arrivals.js'
import { listen } from '../support/servers/listen.js'

/** A delivery, and which life of the program sent it. */
export interface Delivery {
  readonly life: string
  readonly id: string
}

/** A receiver of webhooks that is told by each life of the program which one it is. */
export interface Receiver {
  /** For the configuration: a life says by the variable LIFE which one it is. */
  readonly url: string
  /** What came, answered or not. */
  readonly came: Arrivals<Delivery>
  /** Ids that were answered with a 200. */
  readonly taken: Arrivals<string>
  readonly stop: () => Promise<void>
}

const notificationSchema = z.object({ id: z.string() })

export async function startReceiver(): Promise<Receiver> {
  const came = arrivals<Delivery>()
  const taken = arrivals<string>()
  const server = await listen((request, response) => {
    const life = request.url ?? ''
    const received = async (): Promise<void> => {
      const { id } = notificationSchema.parse(JSON.parse(await text(request)))
      response.writeHead(200).end(() => taken.add(id))
      came.add({ life, id })
    }
    // Of one that was killed in the middle only a part comes.
    received().catch(() => response.destroy())
  })
  return { url: `${server.url}/\${LIFE:-0}`, came, taken, stop: server.stop }
}

/** How many came once more from the same life. */
export function repeatedByOneLife(came: readonly Delivery[]): number {
  return came.length - new Set(came.map(({ life, id }) => `${life} ${id}`)).size
}
