// One stream tapped for an alert of one's own, and a handler beside it.
//
//   node --import tsx examples/tap.ts http://127.0.0.1:8545 0xGovernor [SHARE_OF_QUORUM]
import { createMonitor, type Handler, keyOf } from 'govstream'
import { concatMap, filter, map, withLatestFrom } from 'rxjs'

const [url, address, share = '0.1'] = process.argv.slice(2)
if (url === undefined || address === undefined) {
  process.stderr.write('usage: tap.ts RPC_URL GOVERNOR [SHARE_OF_QUORUM]\n')
  process.exit(2)
}
const print = (line: string): boolean => process.stdout.write(`${line}\n`)

// Gets every notification, after a crash too: one counts as delivered when the promise resolves.
const pager: Handler = {
  type: 'pager',
  handle({ priority, title }) {
    print(`[${priority}] ${title}`)
    return Promise.resolve()
  },
}

const monitor = createMonitor(
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
    notifier: { handlers: [] },
  },
  { handlers: [pager] },
)

// Votes that alone are worth a good share of the quorum.
const bigVotes$ = monitor.changes$.pipe(
  concatMap((change) => (change.type === 'voteCast' ? [change.vote] : [])),
  withLatestFrom(monitor.proposals$, (vote, { proposals }) => ({ vote, proposal: proposals.get(keyOf(vote)) })),
  filter(({ vote, proposal }) => Number(vote.weight) > Number(proposal?.tally?.quorum ?? Infinity) * Number(share)),
  map(
    ({ vote: { voter, choice, weight }, proposal }) =>
      `${voter} votes ${choice} with ${weight} on: ${proposal?.title ?? ''}`,
  ),
)

const tapped = bigVotes$.subscribe(print)
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
await monitor.run({ signal: stop.signal })
tapped.unsubscribe()
