import { setTimeout as delay } from 'node:timers/promises'

// What the pool of threads works on. An orderly exit joins its threads, however long they take.
const threaded = /^(FSReq|GetAddrInfoReq|GetNameInfoReq)/

/** What ends a process and tells what it still waits for. */
export type Ending = Pick<NodeJS.Process, 'exit' | 'kill' | 'pid' | 'getActiveResourcesInfo' | 'removeAllListeners'>

/**
 * Ends the process with a code, at once. Where a disk or a name server hangs, only a signal ends it: SIGTERM instead of
 * the code 0, which service managers take for a clean end too, and SIGKILL instead of any other.
 */
export function endProcess(process: Ending, code: number): void {
  if (!hangs(process)) process.exit(code)
  const signal = code === 0 ? 'SIGTERM' : 'SIGKILL'
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
