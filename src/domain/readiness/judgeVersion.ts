import { cleanLine } from '../text/text.js'
import { type Check, notReady, ready, unknown } from './check.js'

/** How a run of the binary with `--version` ended. */
export interface VersionFacts {
  readonly path: string
  readonly ok: boolean
  /** Absent where it was not started, or ended by a signal. */
  readonly exitCode?: number
  /** It took too long, or our user may not run it: that says nothing of the binary. */
  readonly hindrance?: 'time' | 'permission'
  /** The end of a sentence that begins with the program. */
  readonly summary: string
  readonly output: string
}

const shown = 200

/** Whether the binary runs on this machine. That it does not know the word is no fault of it. */
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
  // The loader ends with 1 or 127 as well: only its words tell.
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
