import { ConfigError, type ConfigIssue } from '../../domain/errors.js'
import { parseDuration } from '../../domain/text/duration.js'
import { cleanLine } from '../../domain/text/text.js'
import type { Silence } from '../../domain/notifications/routing.js'
import { isExact, matchProblem } from '../../notify/match.js'
import { longestSilence, maxSilenceComment } from '../../notify/silenceLimits.js'
import { nearest } from '../../schema/nearest.js'
import { silenceView } from '../../views/silenceView.js'
import { exitCodes } from '../exitCodes.js'
import { type Located, locateState } from '../locateState.js'
import type { ReadOptions } from '../options.js'
import { printJson } from '../output/printJson.js'
import { timeOfMsText } from '../output/times.js'
import { matchText, silencesTable } from '../output/silencesTable.js'
import type { Context } from '../Terminal.js'
import { userAtHost } from '../userName.js'
import { withNewStore } from '../withNewStore.js'
import { withStore } from '../withStore.js'

export interface SilenceAddOptions extends ReadOptions {
  /** Each is a key and a value, split at the first `=`. */
  readonly match: readonly string[]
  readonly for: string
  readonly comment: string
}

/** Adds a silence, even if there is no state yet. */
export async function addSilence(options: SilenceAddOptions, { terminal, now }: Context): Promise<number> {
  const wanted = readSilence(options)
  // The state need not exist yet.
  const located: Located = options.state === undefined ? await locateState(options) : { state: options.state }
  const { state } = located
  const at = now()
  const add = { ...wanted, until: at + wanted.ms, by: userAtHost() }
  const silence = await withNewStore({ state, what: 'silence' }, (store) => store.addSilence(add, at))
  for (const note of notesOn(wanted.match, located)) terminal.note(note)
  if (options.json === true) printJson(terminal, silenceView(silence))
  else
    terminal.out(
      `Silence ${silence.id} holds back what fits ${matchText(silence.match)}, until ${timeOfMsText(silence.until)}.`,
    )
  return exitCodes.done
}

/** Returns warnings about a match that may not be what its author meant. */
function notesOn({ chain, priority }: Silence['match'], { chains }: Located): readonly string[] {
  const names = chains?.map((known) => known.chain) ?? []
  const isUnknown = chain !== undefined && isExact(chain) && chains !== undefined && !names.includes(chain)
  const meant = isUnknown ? nearest(chain, names) : undefined
  return [
    ...(isUnknown
      ? [
          `warning: no chain of the configuration is called ${cleanLine(chain, 200)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
        ]
      : []),
    ...(priority === undefined
      ? []
      : [`warning: priority=${priority} is the minimum: critical notifications are held, too`]),
  ]
}

/** Lists the active silences. */
export async function listSilences(options: ReadOptions, { terminal, now }: Context): Promise<number> {
  const { state } = await locateState(options)
  return withStore({ state }, (store) => {
    const silences = store?.silences(now()) ?? []
    if (options.json === true) printJson(terminal, silences.map(silenceView))
    else
      terminal.out(
        silences.length === 0 ? 'No silences: every notification is sent.' : silencesTable(silences, terminal),
      )
    return exitCodes.done
  })
}

/** Ends a silence early. */
export async function removeSilence(id: string, options: ReadOptions, { terminal, now }: Context): Promise<number> {
  const { state } = await locateState(options)
  return withStore({ state, readOnly: false }, (store) => {
    const silence = store?.endSilence(id, now(), userAtHost())
    if (silence === undefined) {
      if (options.json === true) printJson(terminal, null)
      terminal.note(`There is no silence ${id}: see the ids with "govstream silence list".`)
      return exitCodes.failed
    }
    if (options.json === true) printJson(terminal, silenceView(silence))
    else terminal.out(`Silence ${id} is over; it held back ${silence.held === 0 ? 'nothing' : silence.held}.`)
    return exitCodes.done
  })
}

function readSilence({ match: pairs, for: span, comment }: SilenceAddOptions): Pick<Silence, 'match' | 'comment'> & {
  readonly ms: number
} {
  const issues: ConfigIssue[] = []
  const match = new Map<string, string>()
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const [key, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
    const problem =
      value === ''
        ? 'expected key=value, such as chain=main'
        : match.has(key)
          ? `expected ${key} once`
          : matchProblem(key, value)
    if (problem !== undefined) issues.push({ path: `--match ${cleanLine(pair, 200)}`, message: problem })
    match.set(key, value)
  }
  const ms = parseDuration(span)
  if (ms === undefined || ms === 0 || ms > longestSilence)
    issues.push({ path: '--for', message: 'expected a duration of at most 366 days, such as 30m, 2h or 7d' })
  const said = cleanLine(comment, maxSilenceComment)
  if (said === '') issues.push({ path: '--comment', message: 'expected why, in a few words' })
  if (ms === undefined || issues.length > 0) throw new ConfigError(issues)
  return { match: Object.fromEntries(match), ms, comment: said }
}
