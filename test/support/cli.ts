import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once stderr contains the text; rejects if the process ends before. */
  readonly said: (text: string) => Promise<void>
}

/**
 * Starts the command line as a separate process, in `cwd`; the file needs `buildWhereStale`
 * before.
 */
export function startCli(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
  return {
    child,
    ended,
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (err.includes(text)) resolve()
        }
        child.stderr.on('data', look)
        child.once('close', () => reject(new Error(`The process ended without saying ${text}: ${err}`)))
        look()
      }),
  }
}

/** Runs one command line to its end. */
export function cli(args: readonly string[], cwd: string, env?: Readonly<Record<string, string>>): Promise<Ended> {
  return startCli(args, cwd, env).ended
}
