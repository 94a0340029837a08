import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where one test runs the program: its directory, configuration and state. */
export interface Office {
  readonly path: string
  readonly config: string
  readonly state: string
  readonly home: string
  /** The parsed upgrade-info.json, or another file beside it. */
  readonly file: (name?: string) => unknown
  readonly [Symbol.dispose]: () => void
}

export interface OfficeOptions {
  readonly rpc: string
  readonly governor: string
  readonly webhook?: string
  /** Further handlers. */
  readonly handlers?: readonly object[]
  /** The address that is called while polls succeed, every 50 ms. */
  readonly heartbeat?: string
  /** The times of the vote reminders, and the accounts that should vote. */
  readonly votes?: { readonly reminders: readonly string[]; readonly voters: readonly string[] }
  readonly pollInterval?: string
  readonly gracePeriod?: string
}

/** A directory with a configuration for one chain and, if wanted, one webhook. */
export function openOffice({
  rpc,
  governor,
  webhook,
  handlers = [],
  heartbeat,
  votes,
  pollInterval = '50ms',
  gracePeriod = '5s',
}: OfficeOptions): Office {
  const path = mkdtempSync(join(tmpdir(), 'govstream-process-'))
  const config = join(path, 'govstream.yaml')
  const state = join(path, 'govstream.db')
  const home = join(path, 'home')
  mkdirSync(home)
  writeFileSync(
    config,
    JSON.stringify({
      state,
      gracePeriod,
      chains: [
        {
          name: 'local',
          rpc: { urls: [rpc] },
          governance: { system: 'governor', address: governor },
          monitor: { pollInterval, maxBackoff: '200ms', downAfter: '1s' },
          scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [] },
          upgradeInfo: { home },
        },
      ],
      notifier: {
        handlers: [{ type: 'log' }, ...(webhook === undefined ? [] : [{ type: 'webhook', url: webhook }]), ...handlers],
        ...votes,
        ...(heartbeat !== undefined && { heartbeat: { url: heartbeat, interval: '50ms' } }),
      },
    }),
  )
  return {
    path,
    config,
    state,
    home,
    file(name = 'upgrade-info.json') {
      const content: unknown = JSON.parse(readFileSync(join(home, 'data', name), 'utf8'))
      return content
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}
