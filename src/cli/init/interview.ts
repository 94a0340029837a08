import { BaseError, ConfigError } from '../../domain/errors.js'
import { foldLines } from '../output/foldLines.js'
import { movingLine } from '../output/movingLine.js'
import type { Context } from '../Terminal.js'

/** One thing that `init` has to know. */
interface Question {
  /** The option that answers it, such as `--rpc`. */
  readonly flag: string
  /** What the option was given, where it was. */
  readonly given?: string | undefined
  /** What it expects, as an error says it. */
  readonly expected: string
  /** As it is asked on a terminal. */
  readonly asks: string
  /** What an empty line means, and what is taken where nobody is asked. */
  readonly fallback?: string | undefined
}

/** Gets answers from options, from people, or from the defaults, in this order. */
export interface Interview {
  /** Somebody is there to be asked. */
  readonly live: boolean
  /**
   * The answer, once `use` takes it. What `use` finds fault with is asked again where it was typed, and thrown where it
   * was given as an option.
   *
   * @throws ConfigError where there is no answer.
   */
  readonly answer: <T>(question: Question, use: (answer: string) => T | Promise<T>) => Promise<T>
  /** Says something to whoever is there. */
  readonly say: (text: string) => void
  /** Shows how far some work is on a line that moves and is gone at the end; elsewhere nowhere. */
  readonly during: <T>(work: (show: (text: string) => void) => Promise<T>) => Promise<T>
}

/** The input ended before all questions were answered. */
class BrokenOffError extends BaseError {
  readonly kind = 'permanent'
}

/** An interview on a terminal; where it has nobody to ask, or `yes` says so, of the options and the defaults alone. */
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
        if (typed === undefined) throw new BrokenOffError('Broken off: nothing was written.')
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
