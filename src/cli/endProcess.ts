import { setTimeout as delay } from 'node:timers/promises'
import { isTerminalLost } from './isTerminalLost.js'

// What the pool of threads works on. An orderly exit joins its threads, however long they take.
const threaded = /^(FSReq|GetAddrInfoReq|GetNameInfoReq)/

/** What ends a process and tells what it still waits for. */
export type Ending = Pick<NodeJS.Process, 'exit' | 'kill' | 'pid' | 'getActiveResourcesInfo' | 'removeAllListeners'> &
  Parameters<typeof isTerminalLost>[0]

/**
 * Ends the process with a code, at once. Where a disk or a name server hangs, only a signal ends it: SIGTERM instead of
 * the code 0, which service managers take for a clean end too, and SIGKILL instead of any other. Where the terminal was
 * closed, SIGKILL: Node puts the terminal back as it was when it ends in any other way, and aborts where it is gone.
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

/** As `endProcess`, after a moment for what is about to end by itself. */
export async function endSoon(process: Ending, code: number): Promise<void> {
  for (let pause = 0; pause < pauses && hangs(process); pause += 1) await delay(pauseMs)
  endProcess(process, code)
}

function hangs({ getActiveResourcesInfo }: Ending): boolean {
  return getActiveResourcesInfo().some((kind) => threaded.test(kind))
}
