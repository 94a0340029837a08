import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { type Arrivals, arrivals } from '../support/arrivals.js'
import { listen } from '../support/servers/listen.js'

/** A delivery, and the life of the program that sent it. */
export interface Delivery {
  readonly life: string
  readonly id: string
}

/** A receiver of webhooks that each life of the program tells its name. */
export interface Receiver {
  /** For the configuration: the variable LIFE names the life. */
  readonly url: string
  /** All received deliveries, answered or not. */
  readonly came: Arrivals<Delivery>
  /** Ids that were answered with 200. */
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
    // A program that is killed while sending sends only a part.
    received().catch(() => response.destroy())
  })
  return { url: `${server.url}/\${LIFE:-0}`, came, taken, stop: server.stop }
}

/** The number of deliveries that one life repeated. */
export function repeatedByOneLife(came: readonly Delivery[]): number {
  return came.length - new Set(came.map(({ life, id }) => `${life} ${id}`)).size
}
