import { setTimeout as delay } from 'node:timers/promises'
import type { Environment } from '../../config/environment.js'
import { defined } from '../../domain/defined.js'
import { runProgram } from '../../programs/runProgram.js'

interface Service {
  readonly environment: Environment
  /** Resolves once every chain was read for the first time. */
  readonly ready: () => Promise<unknown>
  /** The process is to stop. */
  readonly stopping: AbortSignal
  /** Says what went wrong; it never stops the process. */
  readonly warn: (text: string) => void
}

// Longer than systemd-notify ever takes, and shorter than a watchdog waits. Milliseconds.
const timeout = 10_000

/**
 * Tells systemd that the service is ready, that it lives and that it stops, through `systemd-notify`; nothing where
 * systemd did not ask for it with `NOTIFY_SOCKET`. It lives as long as its timers run: a node that is away is no reason
 * to start anew. Resolves when `stopping` aborts, or at once where nobody asked.
 */
export async function tellServiceManager({ environment, ready, stopping, warn }: Service): Promise<void> {
  const { NOTIFY_SOCKET, PATH, WATCHDOG_USEC = '', WATCHDOG_PID } = environment
  if (NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === '') return
  const say = async (...states: readonly string[]): Promise<void> => {
    const { ok, summary } = await runProgram(
      { command: ['systemd-notify', ...states], timeout, environment: defined({ NOTIFY_SOCKET, PATH }) },
      new AbortController().signal,
    )
    if (!ok) warn(`systemd-notify ${summary}: systemd was not told ${states.join(' ')}.`)
  }
  const stopped = new Promise<void>((resolve) => {
    if (stopping.aborted) resolve()
    stopping.addEventListener('abort', () => resolve(), { once: true })
  })
  void ready().then(
    () => (stopping.aborted ? undefined : say('READY=1')),
    // What fails here ends the process, which says why.
    () => undefined,
  )
  const everyMs = Number(WATCHDOG_USEC) / 1000 / 3
  const isMeant = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid)
  if (everyMs > 0 && isMeant) void beat(() => say('WATCHDOG=1'), everyMs, stopping)
  await stopped
  await say('STOPPING=1')
}

async function beat(say: () => Promise<void>, everyMs: number, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    await say()
    await delay(everyMs, undefined, { signal: stopping, ref: false }).catch(() => undefined)
  }
}
