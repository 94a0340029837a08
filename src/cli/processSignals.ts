import { endProcess } from './endProcess.js'
import { isTerminalLost } from './isTerminalLost.js'

// 128 + SIGINT, as shells have it.
const interrupted = 130

/** What the process is asked for by signals. */
export interface ProcessSignals {
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  /** From now on a hang-up that is not the end of the terminal calls this, and stops nothing. */
  readonly onHangUp: (called: () => void) => void
}

/**
 * The first SIGINT or SIGTERM aborts, so that work in flight can end; the second ends the process at once. So does
 * SIGHUP where the terminal was closed, or nobody has another use for it.
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
