import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A home with the binaries of a node that only records which version of it was started. */
export interface StandInNode {
  readonly home: string
  readonly daemon: string
  /** The versions that were started, the oldest first. */
  readonly starts: () => readonly string[]
  /** The height that its `status` reports from now on. */
  readonly reach: (height: number) => void
  readonly [Symbol.dispose]: () => void
}

const daemon = 'chaind'

/** `manager` names the directory of the process manager in the home; `upgrades` are staged beside `genesis`. */
export function standInNode(manager: 'cosmovisor' | 'wemixvisor', upgrades: readonly string[]): StandInNode {
  const home = mkdtempSync(join(tmpdir(), `govstream-${manager}-`))
  const log = join(home, 'starts')
  const height = join(home, 'height')
  mkdirSync(join(home, 'data'))
  for (const version of ['genesis', ...upgrades]) {
    const bin = join(home, manager, version === 'genesis' ? version : join('upgrades', version), 'bin')
    mkdirSync(bin, { recursive: true })
    writeFileSync(join(bin, daemon), script(version, { log, height }))
    chmodSync(join(bin, daemon), 0o755)
  }
  const reach = (reached: number): void => writeFileSync(height, String(reached))
  reach(1)
  return {
    home,
    daemon,
    starts: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    reach,
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true, maxRetries: 20 }),
  }
}

/** What every cosmovisor asks of a node: `status` under either name, no `pre-upgrade`, an end on SIGTERM. */
function script(version: string, { log, height }: { readonly log: string; readonly height: string }): string {
  return `#!/bin/sh
case $1 in
  status)
    height=$(cat '${height}')
    printf '{"sync_info":{"latest_block_height":"%s"},"SyncInfo":{"latest_block_height":"%s"}}\\n' "$height" "$height"
    exit 0 ;;
  pre-upgrade) exit 1 ;;
esac
echo '${version}' >> '${log}'
trap 'exit 0' TERM INT
while :; do sleep 0.05; done
`
}
