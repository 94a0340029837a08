import { endProcess } from './endProcess.js'

// 128 + SIGINT, as shells have it.
const interrupted = 130

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP, so that work in flight can end; the second ends the process at once.
 * A terminal that closes hangs up: that is a stop like the others.
 */
export function stopSignal(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) endProcess(process, interrupted)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.on('SIGHUP', stop)
  return controller.signal
}
