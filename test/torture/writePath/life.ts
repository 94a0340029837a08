// Must be first: later imports see the operations as this one patches them.
import { startCounting, step } from '../killAtOperation.mjs'
import { readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import {
  asyncScheduler,
  concat,
  defer,
  finalize,
  ignoreElements,
  merge,
  type Observable,
  of,
  Subject,
  takeUntil,
  tap,
} from 'rxjs'
import * as z from 'zod/mini'
import type { Config } from '../../../src/config/schema.js'
import { newChain } from '../../../src/domain/newChain.js'
import type { Notification } from '../../../src/domain/notifications/notification.js'
import type { PlanFinding } from '../../../src/domain/plans/plan.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import { upgradeInfoPath } from '../../../src/sinks/upgradeInfo/upgradeInfoPath.js'
import { recordOutcomes } from '../../../src/monitor/execute/recordOutcomes.js'
import { turnExecutor } from '../../../src/monitor/execute/turnExecutor.js'
import { silentLog } from '../../../src/monitor/monitorLog.js'
import { deliverOutbox } from '../../../src/sinks/outbox/deliverOutbox.js'
import { holdStore } from '../../../src/store/holdStore.js'
import type { Store } from '../../../src/store/Store.js'
import { pipeStages, stagesOf } from '../../../src/streams/pipeStages.js'
import { watchChain } from '../../../src/streams/watchChain.js'
import { whileHeld } from '../../../src/streams/whileHeld.js'
import { readingAt } from './tale.js'

// The program without its sources and its command line, so that it starts fast: each chain is read from its state to a
// step of the tale; the results are committed, written, archived and sent, which prints their ids.
// node life.js CONFIG STEPS COUNT_FROM
const [given = '', steps = '', countFrom = ''] = process.argv.slice(2)
const config = z.custom<Config>().parse(JSON.parse(given))
const channel = 'print'

/** Counts an operation before and after the work, so that it can be killed there. */
function around<A extends readonly unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    step()
    const result = work(...args)
    step()
    return result
  }
}

function turnsOf(chain: Config['chains'][number], store: Store, onTurn: () => void): Observable<never> {
  const { scheduler, upgradeInfo } = chain
  const { when, afterCompletion, profile, home = '' } = upgradeInfo
  const findPlan = ({ finding }: Proposal): PlanFinding | undefined => finding
  const plan = { ...scheduler, when, afterCompletion, profile, findPlan, filePath: upgradeInfoPath(home) }
  const stages = pipeStages(stagesOf({ plan }))
  const timing = { now: Date.now, scheduler: asyncScheduler }
  const execute = recordOutcomes(turnExecutor(chain, { witnesses: [], findPlan }), {
    chain: chain.name,
    store,
    log: silentLog,
    ...timing,
  })

  /** One reading and its effects. */
  function turnsAt(at: number): Observable<never> {
    return defer(() => {
      const seed = store.resume(chain.name) ?? newChain(chain.name, 0)
      return of(readingAt(chain.name, at)).pipe(
        watchChain(seed, stages, {
          execute,
          commit: (turn) => store.commit(turn, () => [channel]),
          recall: ({ keys, surplus }) => [store.recall(chain.name, { keys, before: 0n, surplus })],
          now: Date.now,
        }),
        tap(onTurn),
        ignoreElements(),
      )
    })
  }
  return defer(() => {
    const from = z.catch(z.object({ step: z.number() }), { step: 0 }).parse(store.load(chain.name)?.cursor).step
    const ahead = Array.from({ length: Math.max(0, Number(steps) - from) }, (_, index) => from + index)
    return concat(
      ...ahead.map((at) =>
        defer(() => {
          if (String(at) === countFrom) startCounting()
          return concat(turnsAt(at), turnsAt(at))
        }),
      ),
    )
  })
}

/** Checks that an announced file exists, or was moved aside since. */
function isTrue({ event, chain, data }: Notification): boolean {
  const home = config.chains.find(({ name }) => name === chain)?.upgradeInfo.home ?? ''
  const directory = join(home, 'data')
  const holds = (name: string): boolean =>
    readFileSync(join(directory, name), 'utf8').includes(`"name":"${'name' in data ? data.name : ''}"`)
  return (
    event !== 'upgrade_triggered' ||
    readdirSync(directory).some((name) => name.startsWith('upgrade-info.') && holds(name))
  )
}

function tell(notification: Notification): undefined {
  writeSync(1, `${isTrue(notification) ? 'told' : 'early'} ${notification.id}\n`)
}

holdStore({
  path: config.state,
  bounds: () => config.notifier,
  now: Date.now,
})
  .pipe(
    whileHeld((opened) => {
      const store: Store = {
        ...opened,
        commit: around((...args) => opened.commit(...args)),
        record: around((...args) => opened.record(...args)),
        delivered: around((...args) => opened.delivered(...args)),
      }
      const [wake$, done$] = [new Subject<void>(), new Subject<void>()]
      let isRead = false
      let hasEnded = false
      const finish = (): void => {
        if (hasEnded || !isRead || store.stats().pending > 0) return
        hasEnded = true
        done$.next()
      }
      const lane = { handler: { type: channel, handle: around(tell) }, timeoutMs: 5_000 }
      return merge(
        deliverOutbox({ store, handlers: new Map([[channel, lane]]), wake$, now: Date.now, random: () => 0 }).pipe(
          tap(finish),
        ),
        merge(...config.chains.map((chain) => turnsOf(chain, store, () => wake$.next()))).pipe(
          finalize(() => {
            isRead = true
            // Checked once nothing is pending.
            queueMicrotask(finish)
          }),
        ),
      ).pipe(takeUntil(done$))
    }),
  )
  .subscribe()
