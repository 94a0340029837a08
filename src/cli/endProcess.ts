import { setTimeout as delay } from 'node:timers/promises'
import { isTerminalLost } from './isTerminalLost.js'

// Resources of the thread pool. A normal exit joins its threads, however long they take.
const threaded = /^(FSReq|GetAddrInfoReq|GetNameInfoReq)/

/** The parts of a process that end it and list what it waits for. */
export type Ending = Pick<NodeJS.Process, 'exit' | 'kill' | 'pid' | 'getActiveResourcesInfo' | 'removeAllListeners'> &
  Parameters<typeof isTerminalLost>[0]

/**
 * Ends the process with a code, at once. If a disk or a name server hangs, only a signal can end it: SIGTERM instead of
 * code 0, because service managers take that for a clean end too, and SIGKILL instead of any other code. If the
 * terminal was closed, SIGKILL too: otherwise Node restores the terminal at the exit, and aborts because it is gone.
 */
export function endProcess(process: Ending, code: number): void {
  const isLost = isTerminalLost(process)
  if (!isLost && !hangs(process)) process.exit(code)
  const signal = code === 0 && !isLost ? 'SIGTERM' : 'SIGKILL'
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

const pauseMs = 10
const pauses = 25

/** As `endProcess`, after a short wait for requests that are about to end. */
export async function endSoon(process: Ending, code: number): Promise<void> {
  for (let pause = 0; pause < pauses && hangs(process); pause += 1) await delay(pauseMs)
  endProcess(process, code)
}

function hangs({ getActiveResourcesInfo }: Ending): boolean {
  return getActiveResourcesInfo().some((kind) => threaded.test(kind))
}
