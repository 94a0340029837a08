import { endProcess } from './endProcess.js'
import { isTerminalLost } from './isTerminalLost.js'

// 128 + SIGINT, by the convention of shells.
const interrupted = 130

/** The requests that reach the process as signals. */
export interface ProcessSignals {
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  /** Replaces the effect of a SIGHUP that is not the end of the terminal: it calls the function and stops nothing. */
  readonly onHangUp: (called: () => void) => void
}

/**
 * Handles signals. The first SIGINT or SIGTERM aborts, so that work in flight can end; the second ends the process at
 * once. SIGHUP does the same if the terminal was closed, or if no other use for it was set.
 */
export function processSignals(process: NodeJS.Process): ProcessSignals {
  const controller = new AbortController()
  let onHangUp: (() => void) | undefined
  const stop = (): void => {
    if (controller.signal.aborted) endProcess(process, interrupted)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.on('SIGHUP', () => {
    if (onHangUp === undefined || isTerminalLost(process) || controller.signal.aborted) stop()
    else onHangUp()
  })
  return {
    signal: controller.signal,
    onHangUp: (called) => {
      onHangUp = called
    },
  }
}
