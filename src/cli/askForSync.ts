import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import * as z from 'zod/mini'
import type { Config } from '../config/schema.js'
import type { Store } from '../store/Store.js'
import { openStore } from '../store/openStore.js'
import type { SyncedChain } from '../views/syncView.js'
import type { Context } from './Terminal.js'

const pauseMs = 200
// The holder of the state renews its claim every second and counts as dead after ten.
const pausesPerLook = 10

/**
 * Asks the process that holds the state for a sync and waits for the result. Returns `undefined` if there is no such
 * process, or if it ended before it answered: the caller must then sync itself.
 *
 * @throws StoreError
 */
export async function askForSync(
  { state, chains }: Config,
  { now, signal }: Pick<Context, 'now' | 'signal'>,
): Promise<readonly SyncedChain[] | undefined> {
  if (state === ':memory:' || !existsSync(state)) return undefined
  const store = openStore({ path: state })
  try {
    if (store.holder(now()) === undefined) return undefined
    const request = store.requestSync(now())
    for (let pause = 1; ; pause += 1) {
      const result = store.syncResult(request)
      if (result !== undefined) {
        const failures = result.ok ? [] : failuresIn(result.problem)
        return chains.filter(({ monitor }) => monitor.enabled).map(({ name }) => syncedBy(store, name, failures))
      }
      if (pause % pausesPerLook === 0 && store.holder(now()) === undefined) return undefined
      await setTimeout(pauseMs, undefined, { signal })
    }
  } finally {
    store.close()
  }
}

const failureSchema = z.array(
  z.object({ chain: z.string(), kind: z.enum(['transient', 'permanent']), message: z.string() }),
)
type Failures = z.infer<typeof failureSchema>

/** Parses which chains the other process could not read. Any other text is a problem of the store, for all chains. */
function failuresIn(problem: string): Failures | string {
  try {
    return failureSchema.parse(JSON.parse(problem))
  } catch {
    return problem
  }
}

function syncedBy(store: Store, chain: string, failures: Failures | string): SyncedChain {
  if (typeof failures === 'string') return { chain, problem: { message: failures, temporary: true } }
  const failure = failures.find((one) => one.chain === chain)
  if (failure !== undefined)
    return { chain, problem: { message: failure.message, temporary: failure.kind === 'transient' } }
  const height = store.outline(chain)?.head?.number
  if (height !== undefined) return { chain, height }
  return {
    chain,
    problem: {
      message: 'The running govstream does not watch this chain: start it again with this configuration.',
      temporary: false,
    },
  }
}
