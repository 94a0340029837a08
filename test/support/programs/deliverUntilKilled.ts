import { Subject, tap } from 'rxjs'
import { webhookHandler } from '../../../src/channels/webhook.js'
import { deliverOutbox } from '../../../src/sinks/outbox/deliverOutbox.js'
import { holdStore } from '../../../src/store/holdStore.js'
import { whileHeld } from '../../../src/streams/whileHeld.js'
import { createHttpClient } from '../../../src/transport/createHttpClient.js'
import { announcement, at, state, turn } from '../storeGiven.js'

// A separate process with a real state and a real outbox: it commits notifications, five per turn, until there are
// COUNT, and delivers them to three receivers. With `end` it ends by itself once no delivery waits.
// node deliverUntilKilled FILE URL COUNT [end]
const [path = '', url = '', count = '', end = ''] = process.argv.slice(2)
const channels = ['a', 'b', 'c']
const perTurn = 5

const http = createHttpClient()
const handlers = new Map(
  channels.map((name) => [
    name,
    { handler: webhookHandler({ url: `${url}/${name}`, timeoutMs: 5_000, http, now: Date.now }), timeoutMs: 5_000 },
  ]),
)
holdStore({ path, bounds: () => ({ maxNotifications: 10_000, maxAge: 86_400_000 }), now: Date.now })
  .pipe(
    whileHeld((store) => {
      const wake$ = new Subject<void>()
      let last = Number(store.load('local')?.head?.number ?? 0n)
      const commitNext = (): void => {
        if (last * perTurn >= Number(count)) return
        const before = store.load('local')
        const first = last * perTurn
        last += 1
        const announcements = Array.from({ length: perTurn }, (_, index) => announcement(`n${first + index}`))
        const after = state({ head: at(BigInt(last)) })
        void store.commit(turn({ state: after, announcements, time: Date.now() }, before), () => channels)
        wake$.next()
        setImmediate(commitNext)
      }
      setImmediate(commitNext)
      return deliverOutbox({ store, handlers, wake$, now: Date.now, random: () => 0 }).pipe(
        tap(() => {
          if (end !== '' && last * perTurn >= Number(count) && store.stats().pending === 0) process.exit(0)
        }),
      )
    }),
  )
  .subscribe()
