import { cleanLine } from '../text/text.js'
import { type Check, notReady, ready, unknown } from './check.js'

/** The result of a run of the binary with `--version`. */
export interface VersionFacts {
  readonly path: string
  readonly ok: boolean
  /** Absent if it was not started or was ended by a signal. */
  readonly exitCode?: number
  /** Set if it took too long, or our user may not run it. Neither says anything about the binary. */
  readonly hindrance?: 'time' | 'permission'
  /** Completes a sentence that begins with the program. */
  readonly summary: string
  readonly output: string
}

const shown = 200

/** Judges whether the binary runs on this machine. A binary that does not know `--version` is not at fault. */
export function judgeVersion({ path, ok, exitCode, hindrance, summary, output }: VersionFacts): Check {
  const said = cleanLine(output, shown)
  const told = said === '' ? '' : `: ${said}`
  if (ok) return ready('version', `${path} runs${told === '' ? ' and prints no version' : told}.`)
  if (hindrance === 'permission')
    return unknown(
      'version',
      `${path} ${summary}${told}.`,
      'Let the user of govstream run it; what is fetched lies below TMPDIR, which may forbid it (noexec).',
    )
  // The loader also exits with 1 or 127, so only its messages identify it.
  const isBroken =
    (exitCode === undefined && hindrance === undefined) ||
    /GLIBC_|GLIBCXX_|error while loading shared libraries/.test(output)
  return isBroken
    ? notReady(
        'version',
        `${path} does not run here: with --version it ${summary}${told}.`,
        'Use a binary that was built for this system.',
      )
    : unknown('version', `${path} ${summary} with --version${told}.`, 'Run it by hand.')
}
