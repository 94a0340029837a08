import { type Answer, unserved } from './cosmos/answer.js'
import { newCosmosChain } from './cosmos/chain.js'
import { cometRoute } from './cosmos/cometRoutes.js'
import { moduleRoute } from './cosmos/moduleRoutes.js'
import { signalRoute, type SignalState } from './cosmos/signalRoute.js'
import { listen } from './listen.js'

export interface SignalServer {
  /** Both the CometBFT and the REST address. */
  readonly url: string
  /** Path and query of every request, in order. */
  readonly requests: string[]
  /** More blocks are added; the chain switches by itself when due. */
  mine(blocks: number): void
  readonly height: () => number
  /** So much power signals a version. */
  signal(version: number, power: number): void
  /** Requests the switch: `upgradeHeight` is the last block of the former version. */
  schedule(version: number, upgradeHeight: number): void
  /** The REST side reports no schedule, though the chain has one: a later release may report it. */
  unschedule(): void
  /** Answers a path with this instead, so many times. @defaultValue for ever */
  answer(path: string, answer: Answer | undefined | 'hang', times?: number): void
  stop(): Promise<void>
}

/** A Celestia chain of app version 10 in memory behind real HTTP, REST and CometBFT on one port. */
export async function startSignalServer(): Promise<SignalServer> {
  const chain = newCosmosChain(100)
  chain.behaviour = { network: 'celestia' }
  const answers = new Map<string, { readonly answer: Answer | 'hang'; times: number }>()
  const tallies = new Map<number, number>()
  const switches: { readonly version: number; readonly from: number }[] = [{ version: 10, from: 1 }]
  let scheduled: SignalState['scheduled']
  chain.versionAt = (block) => switches.findLast(({ from }) => from <= block)?.version ?? 0
  const requests: string[] = []
  const route = (url: URL): Answer =>
    signalRoute({ tallies, scheduled }, url.pathname) ??
    cometRoute(chain, url) ??
    moduleRoute(chain, url.pathname) ??
    unserved
  const server = await listen((request, response) => {
    const url = new URL(request.url ?? '/', 'http://chain')
    requests.push(`${url.pathname}${url.search}`)
    const given = answers.get(url.pathname)
    const said = given !== undefined && given.times-- > 0 ? given.answer : route(url)
    if (said === 'hang') return
    const { status, body } = said
    response
      .writeHead(status, {
        'content-type': 'application/json',
        ...(url.pathname !== '/status' && { 'Grpc-Metadata-X-Cosmos-Block-Height': String(chain.height) }),
      })
      .end(JSON.stringify(body))
  })
  return {
    url: server.url,
    requests,
    mine(blocks) {
      chain.height += blocks
      if (scheduled === undefined || chain.height < scheduled.upgradeHeight) return
      // The block of the upgrade height has the old version, and its end clears the schedule
      // and all signals.
      switches.push({ version: scheduled.version, from: scheduled.upgradeHeight + 1 })
      scheduled = undefined
      tallies.clear()
    },
    height: () => chain.height,
    signal(version, power) {
      tallies.set(version, power)
    },
    schedule(version, upgradeHeight) {
      scheduled = { version, upgradeHeight }
    },
    unschedule() {
      scheduled = undefined
    },
    answer(path, answer, times = Infinity) {
      if (answer === undefined) answers.delete(path)
      else answers.set(path, { answer, times })
    },
    stop: () => server.stop(),
  }
}
