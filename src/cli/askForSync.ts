import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { Config } from '../config/schema.js'
import type { Store } from '../sinks/Store.js'
import { openStore } from '../sinks/store/openStore.js'
import type { SyncedChain } from './SyncedChain.js'
import type { Context } from './Terminal.js'

const pauseMs = 200
// The holder of the claim says that it lives every second, and counts as dead after ten.
const pausesPerLook = 10

/**
 * Where another process works with the state, asks it for a sync and waits for the result. `undefined` where
 * there is none, or where it ended before it answered: then the sync is ours to do.
 *
 * @throws StoreError
 */
export async function askForSync({ state, chains }: Config, { now, signal }: Pick<Context, 'now' | 'signal'>): Promise<readonly SyncedChain[] | undefined> {
  if (state === ':memory:' || !existsSync(state)) return undefined
  const store = openStore({ path: state })
  try {
    if (store.holder(now()) === undefined) return undefined
    const request = store.requestSync(now())
    for (let pause = 1; ; pause += 1) {
      const result = store.syncResult(request)
      if (result !== undefined) {
        const lines = result.ok ? [] : result.problem.split('\n')
        return chains.filter(({ monitor }) => monitor.enabled).map(({ name }) => syncedBy(store, name, lines))
      }
      if (pause % pausesPerLook === 0 && store.holder(now()) === undefined) return undefined
      await setTimeout(pauseMs, undefined, { signal })
    }
  } finally {
    store.close()
  }
}

function syncedBy(store: Store, chain: string, problems: readonly string[]): SyncedChain {
  const problem = problems.find((line) => line.startsWith(`${chain}: `))?.slice(chain.length + 2)
  // The other process does not say whether trying again helps: its health, and the next sync, will.
  if (problem !== undefined) return { chain, problem: { message: problem, temporary: true } }
  const height = store.load(chain)?.head?.number
  return { chain, ...(height !== undefined && { height }) }
}
