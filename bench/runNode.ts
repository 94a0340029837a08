import { spawnSync } from 'node:child_process'

// Uses the peak that the process reports itself, because the operating system counts the parent in for a child.
const told =
  "data:text/javascript,import{readFileSync}from'fs';process.on('exit',()=>process.stderr.write('rss '+/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))[1]))"

/** Runs Node in this directory until it ends, and returns its peak resident memory in megabytes. Throws if it fails. */
export function runNode(args: readonly string[], cwd?: string): number {
  const { status, stderr } = spawnSync(process.execPath, ['--import', told, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(status)}: ${stderr}`)
  return Number(/rss (\d+)$/.exec(stderr)?.[1] ?? Number.NaN) / 1_024
}
