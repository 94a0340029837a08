import { BaseError, ConfigError } from '../../domain/errors.js'
import { foldLines } from '../output/foldLines.js'
import { movingLine } from '../output/movingLine.js'
import type { Context } from '../Terminal.js'

/** One value that `init` needs. */
interface Question {
  /** The option that answers it, such as `--rpc`. */
  readonly flag: string
  /** The value of the option, if it was given. */
  readonly given?: string | undefined
  /** The expected form, as an error says it. */
  readonly expected: string
  /** The question as shown on a terminal. */
  readonly asks: string
  /** The value of an empty answer, and the one used if nobody is asked. */
  readonly fallback?: string | undefined
}

/** Gets answers from options, then from people, then from defaults. */
export interface Interview {
  /** True if somebody can be asked. */
  readonly live: boolean
  /**
   * Returns the result of `use` for the answer. If `use` throws, a typed answer is asked for again, and the error of an
   * option is thrown.
   *
   * @throws ConfigError if there is no answer.
   */
  readonly answer: <T>(question: Question, use: (answer: string) => T | Promise<T>) => Promise<T>
  /** Prints a text. */
  readonly say: (text: string) => void
  /** Shows progress on a line that is redrawn and finally erased; shows nothing if there is no terminal. */
  readonly during: <T>(work: (show: (text: string) => void) => Promise<T>) => Promise<T>
}

/** The input ended before all questions were answered. */
class BrokenOffError extends BaseError {
  readonly kind = 'permanent'
}

/** Creates an interview on a terminal; without one, or with `yes`, it uses only options and defaults. */
export function interview({ terminal, signal }: Context, { yes }: { readonly yes: boolean }): Interview {
  const ask = yes ? undefined : terminal.ask
  const say = (text: string): void => terminal.note(foldLines(text, terminal.noteWidth))
  return {
    live: ask !== undefined,
    say,
    async during(work) {
      const line = movingLine(terminal)
      try {
        return await work(line.show)
      } finally {
        line.erase()
      }
    },
    async answer({ flag, given, expected, asks, fallback }, use) {
      if (given !== undefined) return use(given)
      if (ask === undefined) {
        if (fallback !== undefined) return use(fallback)
        throw new ConfigError([{ path: flag, message: `expected ${expected}, but it is missing` }])
      }
      for (;;) {
        const typed = await ask(`${asks}${fallback === undefined || fallback === '' ? '' : ` [${fallback}]`}: `, signal)
        if (typed === undefined) throw new BrokenOffError('Cancelled: nothing was written.')
        const answer = typed.trim() === '' ? fallback : typed.trim()
        if (answer === undefined) continue
        try {
          return await use(answer)
        } catch (error) {
          if (!(error instanceof BaseError)) throw error
          say(error instanceof ConfigError ? error.issues.map(({ message }) => message).join('\n') : error.message)
        }
      }
    },
  }
}
