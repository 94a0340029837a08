import type { Silence } from '../../domain/notifications/routing.js'
import { cleanLine } from '../../domain/text/text.js'
import type { Terminal } from '../Terminal.js'
import { type Column, leastTitle, renderTable } from './renderTable.js'
import { timeOfMsText } from './times.js'

/** Renders the silences, one per line. */
export function silencesTable(silences: readonly Silence[], terminal: Terminal): string {
  const columns: readonly Column<Silence>[] = [
    { title: 'ID', text: ({ id }) => id },
    { title: 'MATCH', text: ({ match }) => matchText(match) },
    { title: 'UNTIL', text: ({ until }) => timeOfMsText(until) },
    { title: 'HELD', text: ({ held }) => String(held), align: 'right' },
    { title: 'BY', text: ({ by }) => cleanLine(by, 100), yields: 1 },
    { title: 'COMMENT', text: ({ comment }) => cleanLine(comment, 500), shrinks: true, least: leastTitle },
  ]
  return renderTable(columns, silences, terminal)
}

/** Renders a match as it is written on the command line. */
export function matchText(match: Silence['match']): string {
  return cleanLine(
    Object.entries(match)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
    500,
  )
}
