import { setTimeout as delay } from 'node:timers/promises'
import type { Environment } from '../../config/environment.js'
import { defined } from '../../domain/defined.js'
import { runProgram } from '../../programs/runProgram.js'

interface Service {
  readonly environment: Environment
  /** Resolves once every chain has had its first poll. */
  readonly ready: () => Promise<unknown>
  /** Aborts when the process is asked to stop. */
  readonly stopping: AbortSignal
  /** Reports a failure; a failure never stops the process. */
  readonly warn: (text: string) => void
}

// Time limit of systemd-notify, in milliseconds: longer than it ever takes, and shorter than the watchdog waits.
const timeout = 10_000

/**
 * Reports to systemd, through `systemd-notify`, that the service is ready, alive or stopping; does nothing if
 * `NOTIFY_SOCKET` is not set. The service counts as alive while its timers run, because an unreachable node is no
 * reason for a restart. Resolves when `stopping` aborts, or at once if `NOTIFY_SOCKET` is not set.
 */
export async function tellServiceManager({ environment, ready, stopping, warn }: Service): Promise<void> {
  const { NOTIFY_SOCKET, PATH, WATCHDOG_USEC = '', WATCHDOG_PID } = environment
  if (NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === '') return
  const say = async (...states: readonly string[]): Promise<void> => {
    const { ok, summary } = await runProgram(
      { command: ['systemd-notify', ...states], timeout, environment: defined({ NOTIFY_SOCKET, PATH }) },
      new AbortController().signal,
    )
    if (!ok) warn(`systemd-notify ${summary}: systemd was not notified of ${states.join(' ')}.`)
  }
  const stopped = new Promise<void>((resolve) => {
    if (stopping.aborted) resolve()
    stopping.addEventListener('abort', () => resolve(), { once: true })
  })
  void ready().then(
    () => (stopping.aborted ? undefined : say('READY=1')),
    // A failure here ends the process, which reports it.
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
