import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../domain/errors.js'
import { cleanText } from '../domain/text/text.js'

/** A program of the operator's own: no shell reads its arguments. */
export interface Program {
  /** The program, then its arguments. */
  readonly command: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>
  /** For its standard input; a program that does not read it is fine. @defaultValue none, the input is empty */
  readonly input?: string
  /** What it left running when it ended by itself goes on. @defaultValue `false`: that ends with it */
  readonly sparesRest?: boolean
}

/** How a program ended. */
export interface ProgramRun {
  readonly ok: boolean
  /** Absent where it was not started, or ended by a signal. */
  readonly exitCode?: number
  /** Why it did not come to an end of its own: that says nothing of the program. */
  readonly hindrance?: 'time' | 'permission'
  /** The end of a sentence that begins with the program: "ended with exit code 3". */
  readonly summary: string
  /** The beginning of what it printed, cleaned. */
  readonly output: string
  /** Milliseconds. */
  readonly ms: number
}

const maxOutput = 4_096
// Output that the last process of the command left in the pipe is read for this long. Milliseconds.
const drainMs = 250

/**
 * Runs the program in a process group of its own and waits for its end, with which the whole group ends; the time limit
 * or the signal kills it before. What has a session of its own is no part of the group. Never rejects. Of what it
 * prints the first 4,096 bytes are kept and the rest is read and dropped.
 */
export async function runProgram(
  { command, timeout, environment, input, sparesRest = false }: Program,
  signal: AbortSignal,
): Promise<ProgramRun> {
  const [name = '', ...args] = command
  const started = performance.now()
  const ended = (ok: boolean, summary: string, output = ''): ProgramRun => ({
    ok,
    summary,
    output,
    ms: Math.round(performance.now() - started),
  })
  if (signal.aborted) return ended(false, 'was not started: govstream stops')
  try {
    const child = spawn(name, args, { env: environment, stdio: 'pipe', detached: true })
    // Who ignores the input closes it early, or ends before all of it is written.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const output = collect([child.stdout, child.stderr])
    const exited = once(child, 'exit')
    const closed = once(child, 'close').catch(() => undefined)
    const cut = new AbortController()
    const kill = (): void => killGroup(child.pid)
    signal.addEventListener('abort', kill, { once: true })
    const overtime = delay(timeout, undefined, { signal: cut.signal }).then(
      () => {
        kill()
        return true
      },
      () => false,
    )
    try {
      await exited
      await Promise.race([closed, delay(drainMs, undefined, { signal: cut.signal })])
    } finally {
      cut.abort()
      signal.removeEventListener('abort', kill)
      if (!sparesRest) kill()
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
    }
    const { exitCode, signalCode } = child
    if (await overtime)
      return { ...ended(false, `did not end within ${timeout / 1000} s and was killed`, output()), hindrance: 'time' }
    if (hasAborted(signal)) return ended(false, 'was killed: govstream stops', output())
    if (exitCode === null) return ended(false, `was ended by ${signalCode ?? 'a signal'}`, output())
    return { ...ended(exitCode === 0, `ended with exit code ${exitCode}`, output()), exitCode }
  } catch (cause) {
    const isForbidden = cause instanceof Error && 'code' in cause && (cause.code === 'EACCES' || cause.code === 'EPERM')
    return {
      ...ended(false, `could not be started: ${reasonOf(cause)}`),
      ...(isForbidden && { hindrance: 'permission' }),
    }
  }
}

function collect(streams: readonly NodeJS.ReadableStream[]): () => string {
  const kept: Buffer[] = []
  let size = 0
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      if (size < maxOutput) kept.push(chunk.subarray(0, maxOutput - size))
      size += chunk.length
    })
  }
  return () => cleanText(Buffer.concat(kept).toString('utf8'), maxOutput).trim()
}

// The compiler believes that it cannot have changed since the first look.
function hasAborted({ aborted }: AbortSignal): boolean {
  return aborted
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
