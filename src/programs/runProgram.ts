import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../domain/errors.js'
import { cleanText } from '../domain/text/text.js'

/** A program that the operator configured. No shell reads its arguments. */
export interface Program {
  /** The program, then its arguments. */
  readonly command: readonly string[]
  /** Time limit, in milliseconds. */
  readonly timeout: number
  /** The whole environment of the program. */
  readonly environment: Readonly<Record<string, string>>
  /** Text for its standard input; the program need not read it. @defaultValue an empty input */
  readonly input?: string
  /** Whether processes that it left running survive if it ends by itself. @defaultValue `false`: they are killed */
  readonly sparesRest?: boolean
}

/** How a program ended. */
export interface ProgramRun {
  readonly ok: boolean
  /** Absent if it was not started, or was ended by a signal. */
  readonly exitCode?: number
  /** Why the run says nothing about the program: it was stopped at a time limit, or was not allowed to run. */
  readonly hindrance?: 'time' | 'permission'
  /** The end of a sentence that begins with the program: "ended with exit code 3". */
  readonly summary: string
  /** The beginning of its output, cleaned. */
  readonly output: string
  /** Milliseconds. */
  readonly ms: number
}

const maxOutput = 4_096
// Time to read the output that the last process of the command left in the pipe, in milliseconds.
const drainMs = 250

/**
 * Runs the program in a process group of its own and waits for its end; then it kills the whole group, unless
 * `sparesRest` is set. The time limit or the signal kills the group before. A process that starts a session of its own
 * is not part of the group. Never rejects. The first 4,096 bytes of the output are kept; the rest is read and dropped.
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
    // A program that ignores the input closes it early, or ends before all of it is written.
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
    const isForbidden = ['EACCES', 'EPERM'].includes(codeOf(cause))
    return {
      ...ended(false, `could not be started: ${startFailure(name, cause)}`),
      ...(isForbidden && { hindrance: 'permission' }),
    }
  }
}

function startFailure(program: string, cause: unknown): string {
  const code = codeOf(cause)
  if (code === 'ENOENT') return `${program} is not there, or the interpreter in its first line is not`
  if (code === 'EACCES') return `${program} is not an executable file, or our user may not run it`
  return reasonOf(cause)
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
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

// Without this function TypeScript assumes that the flag cannot have changed since the first check.
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
