import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { upgradeInfoPath } from '../../src/sinks/upgradeInfo/upgradeInfoPath.js'
import { writeUpgradeInfo } from '../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { becomes, type Finding } from './finding.js'
import { type StandInNode, standInNode } from './standInNode.js'

const height = 100_000
const info = '{"binaries":{"any":"https://example.com/chaind?checksum=sha256:00"}}'
const head = 1n

/** Has a cosmovisor, the real one or a double, act on our files. */
export async function tryCosmovisor(
  command: readonly [string, ...string[]],
  { writes = 1_000 }: { readonly writes?: number } = {},
): Promise<readonly Finding[]> {
  using node = standInNode('cosmovisor', ['v2'])
  const write = writeUpgradeInfo({ home: node.home, profile: 'cosmovisor' })
  const plan = (at: number) => ({ key: 'local/0xgov/1', name: 'v2', height: at, info })
  const findings: Finding[] = []
  const note = (what: string, isRight: boolean, detail?: string): void => {
    findings.push({ what, isRight, ...(detail === undefined ? {} : { detail }) })
  }

  const first = start(command, node)
  try {
    note(
      'starts the node with the genesis binary',
      await becomes(() => node.starts().join() === 'genesis'),
      first.said(),
    )
    await write(plan(height), { head })
    // Old versions do not wait, so this decides nothing: it shows when the file may be written.
    const isSwitched = await becomes(() => node.starts().length > 1, 2)
    note('reads the plan ahead of its height', first.isRunning(), isSwitched ? 'switched at once' : 'waited')
    node.reach(height)
    note(
      'switches once the height is reached',
      await becomes(() => node.starts().join() === 'genesis,v2'),
      first.said(),
    )
    note('has the new binary as the current one', currentIn(node) === 'v2')
    const left = readFileSync(upgradeInfoPath(node.home), 'utf8')
    note('leaves the file as it was written', left === `${JSON.stringify({ name: 'v2', height, info })}\n`, left)

    // Each file differs but requires nothing: the name is already applied, and a lower height is ignored.
    let written = 0
    for (let k = 1; k <= writes; k += 1)
      if ((await write(plan(height - k), { head })).result === 'written') written += 1
    note(`reads on while the file is written ${writes} times`, first.isRunning() && written === writes, first.said())
    note('does nothing about them', node.starts().join() === 'genesis,v2', node.starts().join())
  } finally {
    await first.stop()
  }

  const second = start(command, node)
  try {
    const isStarted = await becomes(() => node.starts().length === 3)
    note('continues with the applied version after a restart', isStarted && node.starts()[2] === 'v2', second.said())
  } finally {
    await second.stop()
  }
  return findings
}

/** The current binary; `undefined` before the first start. */
function currentIn({ home }: StandInNode): string | undefined {
  try {
    return basename(readlinkSync(join(home, 'cosmovisor', 'current')))
  } catch {
    return undefined
  }
}

function start([file, ...args]: readonly [string, ...string[]], { home, daemon }: StandInNode) {
  const child = spawn(file, [...args, 'run', 'start'], {
    env: {
      PATH: process.env['PATH'],
      DAEMON_HOME: home,
      DAEMON_NAME: daemon,
      DAEMON_POLL_INTERVAL: '20ms',
      DAEMON_RESTART_AFTER_UPGRADE: 'true',
      UNSAFE_SKIP_BACKUP: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = once(child, 'close')
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed = `${printed}${text}`.slice(-2_000)))
  return {
    isRunning: () => child.exitCode === null && child.signalCode === null,
    /** The last line that it printed. */
    said: () => printed.trim().split('\n').at(-1) ?? '',
    /** Ends it and its node. */
    stop: async () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
      await ended
    },
  }
}
