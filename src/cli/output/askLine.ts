import { createInterface } from 'node:readline'
import { type Job, rawAgain, stopJob } from './Job.js'

/** Where a question is asked and answered. */
export interface Asking {
  readonly input: NodeJS.ReadableStream & { setRawMode(raw: boolean): unknown }
  readonly output: NodeJS.WritableStream
  readonly job: Job
}

/**
 * Asks a question and waits for one line. Gives `undefined` where the input ends, as by Ctrl-D, or the process is asked
 * to stop. Ctrl-C is that, too: a terminal that is read line by line keeps it from the process. After Ctrl-Z it waits
 * until the job goes on.
 */
export async function askLine(
  { input, output, job }: Asking,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (signal.aborted) return undefined
  const lines = createInterface({ input, output, terminal: true, historySize: 0 })
  lines.on('SIGINT', () => lines.close())
  const goOn = (): void => {
    rawAgain(input)
    lines.prompt(true)
  }
  // The handler of readline stops this process alone and leaves its input paused: then the process ends without a word.
  lines.on('SIGTSTP', () => {
    input.setRawMode(false)
    stopJob(job)
    goOn()
  })
  job.on('SIGCONT', goOn)
  const stop = (): void => lines.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise((resolve) => {
      lines.once('close', () => {
        output.write('\n')
        resolve(undefined)
      })
      lines.question(question, resolve)
    })
  } finally {
    job.off('SIGCONT', goOn)
    signal.removeEventListener('abort', stop)
    lines.removeAllListeners('close').close()
  }
}
