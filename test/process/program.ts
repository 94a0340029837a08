import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** The built command line. */
export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface Ended {
  /** `null` if a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The program as a user starts it. */
export interface Program {
  readonly pid: number
  readonly signal: (name: 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGKILL') => void
  /** Resolves once a line of the log contains these words; rejects if the program ends before. */
  readonly says: (words: string) => Promise<void>
  readonly ended: Promise<Ended>
}

export function start(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Program {
  const child: ChildProcess = spawn(process.execPath, [main, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  const waiting = new Set<() => void>()
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk
    for (const check of waiting) check()
  })
  const out = text(child.stdout!)
  const gone = once(child, 'close')
  const ended = (async (): Promise<Ended> => {
    await gone
    return { code: child.exitCode, stdout: await out, stderr: log }
  })()
  return {
    pid: child.pid!,
    signal: (name) => {
      child.kill(name)
    },
    says: (words) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!log.includes(words)) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        void ended.then(({ code }) =>
          reject(new Error(`The program ended with ${code ?? 'a signal'} before it said "${words}":\n${log}`)),
        )
        check()
      }),
    ended,
  }
}

/** Runs a command to its end. */
export function call(...args: readonly string[]): Promise<Ended> {
  return start(args).ended
}

/** The parsed output of a command with `--json`. */
export async function ask(...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await call(...args, '--json')
  if (code !== 0) throw new Error(`govstream ${args.join(' ')} ended with ${String(code)}: ${stderr}`)
  return JSON.parse(stdout)
}
