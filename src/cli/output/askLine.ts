import { createInterface } from 'node:readline'
import { type Job, restoreRawMode, stopJob } from './Job.js'

/** The streams for a question and its answer. */
export interface Asking {
  readonly input: NodeJS.ReadableStream & { setRawMode(raw: boolean): unknown }
  readonly output: NodeJS.WritableStream
  readonly job: Job
}

/**
 * Asks a question and waits for one line. Resolves with `undefined` if the input ends, as with Ctrl-D, or the process
 * is asked to stop. Ctrl-C also ends it, because a terminal in line mode of readline does not pass it to the process.
 * After Ctrl-Z it waits until the job continues.
 */
export async function askLine(
  { input, output, job }: Asking,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (signal.aborted) return undefined
  const lines = createInterface({ input, output, terminal: true, historySize: 0 })
  lines.on('SIGINT', () => lines.close())
  const promptAgain = (): void => {
    restoreRawMode(input)
    lines.prompt(true)
  }
  // The handler of readline would stop only this process and leave its input paused; the process would then just exit.
  lines.on('SIGTSTP', () => {
    input.setRawMode(false)
    stopJob(job)
    promptAgain()
  })
  job.on('SIGCONT', promptAgain)
  const stop = (): void => lines.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const answer = await new Promise<string | undefined>((resolve) => {
      lines.once('close', () => resolve(undefined))
      lines.question(question, resolve)
    })
    if (answer === undefined) output.write('\n')
    return answer
  } finally {
    job.off('SIGCONT', promptAgain)
    signal.removeEventListener('abort', stop)
    // The handlers of readline for this event stop it from reading keys: they must stay.
    lines.close()
  }
}
