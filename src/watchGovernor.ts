import { defer, type Observable, pipe } from 'rxjs'
import type { Address } from 'viem'
import type { ChainState, Turn } from './domain/chainState.js'
import { newChain } from './domain/newChain.js'
import { createReader, type ReaderDefaults } from './sources/createReader.js'
import { pollProposals } from './sources/pollProposals.js'
import { evmEndpointsOf, type ViemClient } from './sources/rpc/createEvmEndpoints.js'
import { pipeStages, type StageOptions, type Stages, stagesOf } from './streams/pipeStages.js'
import { rereadKeptBack } from './streams/rereadKeptBack.js'
import type { Stage } from './streams/stage.js'
import { watchChain } from './streams/watchChain.js'
import { watchClock } from './streams/watchClock.js'

/** Which Governors are watched, and how. */
export interface WatchGovernorOptions extends ReaderDefaults {
  /** The Governor, or several of one chain. */
  readonly address: Address | readonly Address[]
  /** What the chain is called in what comes out. @defaultValue `chain` */
  readonly name?: string
  /** Wait between two polls, in milliseconds. @defaultValue 12,000 */
  readonly periodMs?: number
  /** Options of the stages, such as when a plan counts as scheduled. */
  readonly options?: StageOptions
  /** The line that every turn walks through. @defaultValue the stages in their order */
  readonly stages?: (own: Stages) => Stage
  /**
   * The state of the last turn of an earlier watch, to go on from. @defaultValue the history is read from `fromBlock`
   * on
   */
  readonly seed?: ChainState
}

/**
 * Watches Governors of OpenZeppelin and Compound through a viem client of your own, and emits one turn for each poll:
 * all that follows from it. The views, such as `changes()` and `trackProposals()`, select from the turns.
 *
 * - Nothing is kept, written or sent: that is what `createMonitor` is for. The first poll reads the history and
 *   announces nothing that was over before.
 * - Never errors and never completes; a poll that failed is a turn with `failure`, and the polls go on more slowly.
 * - Each subscriber polls for itself: `share()` it where there are several. Unsubscribing aborts the requests in
 *   flight.
 *
 * @example
 * watchGovernor(client, { address: '0x…' }).pipe(changes()).subscribe(console.log)
 */
export function watchGovernor(
  client: ViemClient,
  { address, name = 'chain', periodMs = 12_000, options, stages = pipeStages, seed, ...reading }: WatchGovernorOptions,
): Observable<Turn> {
  // A clock that is handed in is nobody else's to set: it is the steady one, too.
  const { now = (): number => Date.now(), now: steady = (): number => performance.now() } = reading
  const addresses = typeof address === 'string' ? [address] : address
  const walk = stages(stagesOf(options))
  return defer(() => {
    const start = seed ?? newChain(name, now())
    const { stage, onKeptBack, restart } = rereadKeptBack()
    return pollProposals({
      reader: createReader({
        ...reading,
        system: 'governor',
        chain: start.chain,
        endpoints: evmEndpointsOf([client]),
        addresses,
      }),
      restored: start,
      restart,
      periodMs,
      now,
      random: () => Math.random(),
    }).pipe(watchChain(start, pipe(stage, walk), { now, onKeptBack, clockSet: watchClock({ now, steady }) }))
  })
}
