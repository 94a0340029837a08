// A dashboard on another machine: the streams of a govstream that runs elsewhere, as if it were embedded.
//
//   node --import tsx examples/remote.ts http://127.0.0.1:9464 [TOKEN]
import { connectMonitor } from 'govstream'
import { fromEvent, map, merge, takeUntil } from 'rxjs'

const [url, token] = process.argv.slice(2)
if (url === undefined) {
  process.stderr.write('usage: remote.ts URL [TOKEN]\n')
  process.exit(2)
}

const { upgrades$, changes$, notifications$, connection$ } = connectMonitor({
  url,
  ...(token !== undefined && { token }),
})

const line$ = merge(
  connection$.pipe(
    map((now) => (now.type === 'open' ? 'connected' : now.type === 'lost' ? `lost: ${now.problem}` : now.reason)),
  ),
  upgrades$.pipe(
    map(({ upgrades }) => `upgrades ahead: ${upgrades.filter((one) => one.status === 'scheduled').length}`),
  ),
  changes$.pipe(map((change) => `${change.chain}: ${change.type}`)),
  notifications$.pipe(map(({ priority, title }) => `[${priority}] ${title}`)),
)

const stop$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'))

line$.pipe(takeUntil(stop$)).subscribe({
  next: (line) => process.stdout.write(`${line}\n`),
  error: (cause: unknown) => {
    process.stderr.write(`${String(cause)}\n`)
    process.exitCode = 1
  },
})
