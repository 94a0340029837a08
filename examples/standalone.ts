// The whole program in a few lines: watch one Governor, write upgrade-info.json, log what happens.
//
//   node --import tsx examples/standalone.ts http://127.0.0.1:8545 0xGovernor /var/lib/node
import { createMonitor } from 'govstream'
import { pino } from 'pino'

const [url, address, home] = process.argv.slice(2)
if (url === undefined || address === undefined) {
  process.stderr.write('usage: standalone.ts RPC_URL GOVERNOR [HOME]\n')
  process.exit(2)
}

const monitor = createMonitor(
  {
    // Keep it in a file, and a restart neither loses nor repeats anything.
    state: ':memory:',
    chains: [
      {
        name: 'mainnet',
        rpc: { urls: [url] },
        governance: { system: 'governor', address },
        monitor: { pollInterval: '2s' },
        upgradeInfo: home === undefined ? {} : { home, profile: 'cosmovisor' },
      },
    ],
  },
  { log: pino() },
)

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

// Resolves when all that was in flight has ended.
await monitor.run({ signal: stop.signal })
