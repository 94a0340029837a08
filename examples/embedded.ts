// A dashboard that is an RxJS app already: it brings its own viem client and mixes the streams into its own.
// Nothing is written and nobody is notified: without `run()` a monitor only reads.
//
//   node --import tsx examples/embedded.ts http://127.0.0.1:8545 0xGovernor
import { createMonitor } from 'govstream'
import { combineLatest, distinctUntilChanged, fromEvent, map, merge, takeUntil } from 'rxjs'
import { createPublicClient, http } from 'viem'

const [url, address] = process.argv.slice(2)
if (url === undefined || address === undefined) {
  process.stderr.write('usage: embedded.ts RPC_URL GOVERNOR\n')
  process.exit(2)
}

// The app's own client. Blocks must be fresh: no cache.
const client = createPublicClient({ transport: http(url, { batch: true }), cacheTime: 0 })

const { heads$, upgrades$ } = createMonitor(
  {
    state: ':memory:',
    chains: [
      {
        name: 'mainnet',
        rpc: { urls: [url] },
        governance: { system: 'governor', address },
        monitor: { pollInterval: '1s' },
      },
    ],
  },
  { clients: { mainnet: client } },
)

const countdown$ = combineLatest([heads$, upgrades$]).pipe(
  map(([head, { upgrades }]) => {
    const next = upgrades.find(({ status }) => status === 'scheduled')
    // Where a chain counts in times an upgrade has a `time` in its place.
    return next?.height === undefined
      ? `block ${head.number}: no upgrade ahead`
      : `block ${head.number}: ${next.name} in ${BigInt(next.height) - head.number} blocks`
  }),
  distinctUntilChanged(),
)

const stop$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'))

countdown$.pipe(takeUntil(stop$)).subscribe({
  next: (line) => process.stdout.write(`${line}\n`),
  error: (cause: unknown) => {
    process.stderr.write(`${String(cause)}\n`)
    process.exitCode = 1
  },
})
