import { of, Subject, timer, VirtualAction, VirtualTimeScheduler } from 'rxjs'
import { createPacer } from '../../../src/sinks/outbox/createPacer.js'
import { deliverOutbox } from '../../../src/sinks/outbox/deliverOutbox.js'
import type { OutboxLane } from '../../../src/sinks/outbox/OutboxOptions.js'
import { openStore } from '../../../src/store/openStore.js'
import { announcement, turn } from '../storeGiven.js'

// A burst of COUNT notifications for a channel limited to 20 a second, in virtual time; a tenth of them also for one
// without a limit. Ten critical ones follow two and a half seconds later. Prints the result as JSON.
// node --expose-gc deliverBurst COUNT
const [count = ''] = process.argv.slice(2)
const { gc } = globalThis
if (gc === undefined) throw new Error('Start with --expose-gc.')
const rate = { count: 20, perMs: 1_000 }
const criticalAt = 2_500

const scheduler = new VirtualTimeScheduler(VirtualAction, Infinity)
const now = (): number => scheduler.now()
const told: Readonly<Record<string, { readonly id: string; readonly at: number }[]>> = { quick: [], slow: [] }
const heaps: number[] = []
const lane = (name: string, over: Partial<OutboxLane> = {}): OutboxLane => ({
  handler: {
    type: name,
    handle: ({ id }) => {
      told[name]!.push({ id, at: now() })
      if (told[name]!.length % 1_000 === 0) {
        gc()
        heaps.push(process.memoryUsage().heapUsed / 2 ** 20)
      }
      return of(undefined)
    },
  },
  timeoutMs: 30_000,
  ...over,
})

const store = openStore({ path: ':memory:' })
const wake$ = new Subject<void>()
const commit = (ids: readonly string[], priority: 'medium' | 'critical'): void => {
  const announcements = ids.map((id) => announcement(id, { priority }))
  store.commit(turn({ announcements, time: now() }), ({ id }) => (id.endsWith('0') ? ['quick', 'slow'] : ['slow']))
  wake$.next()
}
commit(
  Array.from({ length: Number(count) }, (_, at) => `n${at}`),
  'medium',
)
const handlers = new Map([
  ['quick', lane('quick')],
  ['slow', lane('slow', { pacer: createPacer(rate) })],
])
deliverOutbox({ store, handlers, wake$, now, random: () => 0, scheduler }).subscribe()
timer(criticalAt, scheduler).subscribe(() =>
  commit(
    Array.from({ length: 10 }, (_, at) => `c${at}`),
    'critical',
  ),
)
timer((Number(count) / rate.count) * rate.perMs + 10_000, scheduler).subscribe(() => wake$.complete())
scheduler.flush()

const slow = told['slow'] ?? []
const spans = slow.slice(rate.count).map(({ at }, index) => at - slow[index]!.at)
process.stdout.write(
  JSON.stringify({
    heaps,
    delivered: {
      quick: new Set(told['quick']?.map(({ id }) => id)).size,
      slow: new Set(slow.map(({ id }) => id)).size,
    },
    handled: { quick: told['quick']?.length, slow: slow.length },
    // From the first of as many as the rate allows to the one after them.
    shortestSpan: Math.min(...spans),
    criticalAfter: Math.max(...slow.filter(({ id }) => id.startsWith('c')).map(({ at }) => at - criticalAt)),
    pending: store.stats().pending,
  }),
)
store.close()
