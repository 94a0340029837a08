import type { Check, Preflight, Verdict } from '../../domain/readiness/check.js'
import { withCommas } from '../../domain/notifications/phrases.js'
import type { Terminal } from '../Terminal.js'
import { foldLines } from './foldLines.js'
import { paint, type Style } from './paint.js'
import { duePlace } from './duePlace.js'

const words: Readonly<Record<Verdict, string>> = { ready: 'ready', not_ready: 'not ready', unknown: 'unknown' }
const styles: Readonly<Record<Verdict, Style>> = { ready: 'green', not_ready: 'red', unknown: 'yellow' }

/** Renders the verdict on each upgrade, and below it one line per check, with what to do if it failed. */
export function preflightText(found: readonly Preflight[], { width, color }: Terminal): string {
  return found
    .map(({ chain, name, verdict, checks, ...due }) =>
      [
        `${chain}: upgrade ${name} at ${duePlace(due)}: ${paint(words[verdict], styles[verdict], color)}`,
        ...checks.flatMap((check) => linesOf(check, name, color)),
      ]
        .map((line) => foldLines(line, width))
        .join('\n'),
    )
    .join('\n\n')
}

function linesOf({ id, verdict, reason, todo }: Check, name: string, color: boolean): readonly string[] {
  return [
    `  ${id}: ${verdict === 'ready' ? '' : `${paint(words[verdict], styles[verdict], color)}. `}${withCommas(reason, [name])}`,
    ...(todo === undefined ? [] : [`    ${todo}`]),
  ]
}
