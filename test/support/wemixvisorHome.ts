import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const manager = fileURLToPath(new URL('programs/processManager.mjs', import.meta.url))
const daemon = 'noded'
const wait = 'echo runs\nwhile :; do sleep 0.05; done\n'
// Exits with 0 when asked to, as a node does.
const node = `#!/bin/sh\ntrap "exit 0" TERM\n${wait}`
const nodeThatEndsBadly = `#!/bin/sh\n${wait}`

/**
 * A node under a manager that behaves as that of wemixvisor, and a `systemctl` that knows its
 * unit.
 */
export interface WemixvisorHome {
  readonly home: string
  /** `PATH` with that `systemctl` first. */
  readonly searchPath: string
  /** The events so far, one per line. */
  readonly log: () => readonly string[]
  readonly count: (line: string) => number
  /** The directory of the current binary. */
  readonly current: () => string
  readonly start: () => void
  readonly restart: () => void
  /** Ends the node with an error. */
  readonly crash: () => void
  readonly [Symbol.dispose]: () => void
}

export interface WemixvisorHomeOptions {
  /** The upgrades with staged binaries. */
  readonly staged?: readonly string[]
  /** Whether a node that is asked to end exits with an error. */
  readonly endsBadly?: boolean
}

export function wemixvisorHome({ staged = ['v2'], endsBadly = false }: WemixvisorHomeOptions = {}): WemixvisorHome {
  const place = mkdtempSync(join(tmpdir(), 'govstream-wemixvisor-'))
  const home = join(place, 'home')
  const pidFile = join(place, 'pid')
  const root = join(home, 'wemixvisor')
  mkdirSync(join(home, 'data'), { recursive: true })
  for (const version of ['genesis', ...staged.map((name) => join('upgrades', name))]) {
    mkdirSync(join(root, version, 'bin'), { recursive: true })
    writeFileSync(join(root, version, 'bin', daemon), endsBadly ? nodeThatEndsBadly : node)
    chmodSync(join(root, version, 'bin', daemon), 0o755)
  }
  symlinkSync(join(root, 'genesis'), join(root, 'current'))
  const systemctl = writeSystemctl(place, home, pidFile)
  const call = (...args: readonly string[]): void => {
    const { status, stderr } = spawnSync(systemctl, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`systemctl ${args.join(' ')}: ${stderr}`)
  }
  const pid = (): number => Number(readFileSync(pidFile, 'utf8'))
  const log = (): readonly string[] => readFileSync(join(home, 'manager.log'), 'utf8').trim().split('\n')
  const killNode = (): boolean => spawnSync('pkill', ['-KILL', '-P', String(pid())]).status === 0
  return {
    home,
    searchPath: `${place}/bin:${process.env['PATH'] ?? ''}`,
    log,
    count: (line) => log().filter((one) => one === line).length,
    current: () => basename(readlinkSync(join(root, 'current'))),
    start: () => call('start', 'noded.service'),
    restart: () => call('restart', 'noded.service'),
    crash: () => {
      if (!killNode()) throw new Error('no node runs')
    },
    [Symbol.dispose]: () => {
      spawnSync('kill', ['-STOP', String(pid())])
      killNode()
      spawnSync('kill', ['-KILL', String(pid())])
      rmSync(place, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}

/**
 * As systemd would: SIGTERM to the whole control group, SIGKILL after a timeout, and a new
 * start.
 */
function writeSystemctl(place: string, home: string, pidFile: string): string {
  mkdirSync(join(place, 'bin'))
  const path = join(place, 'bin', 'systemctl')
  writeFileSync(
    path,
    `#!/bin/sh
start() {
  setsid "${process.execPath}" "${manager}" "${home}" ${daemon} </dev/null >/dev/null 2>&1 &
  echo $! > "${pidFile}"
}
stop() {
  pid=$(cat "${pidFile}")
  kill -TERM "$pid" $(pgrep -P "$pid") 2>/dev/null
  for try in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.05
  done
  kill -KILL "$pid" $(pgrep -P "$pid")
}
case $1 in
  start) start ;;
  restart) stop; start ;;
  show) cat "${pidFile}" ;;
esac
`,
  )
  chmodSync(path, 0o755)
  return path
}
