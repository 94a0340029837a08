import { createInterface } from 'node:readline'

/** Where a question is asked and answered. */
export interface Asking {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

/**
 * Asks a question and waits for one line. Gives `undefined` where the input ends, as by Ctrl-D, or the process is asked
 * to stop. Ctrl-C is that, too: a terminal that is read line by line keeps it from the process.
 */
export async function askLine(
  { input, output }: Asking,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (signal.aborted) return undefined
  const lines = createInterface({ input, output, terminal: true, historySize: 0 })
  lines.on('SIGINT', () => lines.close())
  const stop = (): void => lines.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise((resolve) => {
      lines.once('close', () => resolve(undefined))
      lines.question(question, resolve)
    })
  } finally {
    signal.removeEventListener('abort', stop)
    lines.close()
  }
}
