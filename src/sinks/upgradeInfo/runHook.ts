import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { HookRun } from '../../domain/upgrades/upgrade.js'
import { reasonOf } from '../../domain/errors.js'
import { cleanText } from '../../domain/text/text.js'
import { defined } from '../../domain/defined.js'

/** A program of the operator's own: no shell reads its arguments. */
export interface Hook {
  readonly command: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
}

/**
 * What a hook is told, in `GOVSTREAM_CHAIN`, `_NAME`, `_HEIGHT` and `_FILE`. Nothing else of our environment but
 * `PATH`.
 */
export interface HookContext {
  readonly chain: string
  readonly name: string
  readonly height: number
  readonly file: string
  readonly searchPath: string | undefined
}

const maxOutput = 4_096
// Output that the last process of the command left in the pipe is read for this long. Milliseconds.
const drainMs = 250

/**
 * Runs the command in a process group of its own and waits for its end; the time limit or the signal kills the whole
 * group. Never rejects. Of what it prints the first 4,096 bytes are kept and the rest is read and dropped.
 */
export async function runHook({ command, timeout }: Hook, context: HookContext, signal: AbortSignal): Promise<HookRun> {
  const [program = '', ...args] = command
  const started = performance.now()
  const ended = (ok: boolean, summary: string, output = ''): HookRun => ({
    ok,
    summary,
    output,
    ms: Math.round(performance.now() - started),
  })
  if (signal.aborted) return ended(false, 'was not started: govstream stops')
  try {
    const child = spawn(program, args, {
      env: environmentOf(context),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
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
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const { exitCode, signalCode } = child
    if (await overtime) return ended(false, `did not end within ${timeout / 1000} s and was killed`, output())
    if (hasAborted(signal)) return ended(false, 'was killed: govstream stops', output())
    return ended(
      exitCode === 0,
      exitCode === null ? `was ended by ${signalCode ?? 'a signal'}` : `ended with exit code ${exitCode}`,
      output(),
    )
  } catch (cause) {
    return ended(false, `could not be started: ${reasonOf(cause)}`)
  }
}

function environmentOf({ chain, name, height, file, searchPath }: HookContext): NodeJS.ProcessEnv {
  return {
    ...defined({ PATH: searchPath }),
    GOVSTREAM_CHAIN: chain,
    GOVSTREAM_NAME: name,
    GOVSTREAM_HEIGHT: String(height),
    GOVSTREAM_FILE: file,
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
