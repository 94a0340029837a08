import type { Message } from '../../domain/notifications/message.js'
import type { Terminal } from '../Terminal.js'
import { foldLines } from './foldLines.js'
import { paint } from './paint.js'

/** Renders a message for a terminal. */
export function messageText(message: Message, { width, color }: Pick<Terminal, 'width' | 'color'>): string {
  const { title, lines, facts, advice, links } = message
  const widest = Math.max(0, ...facts.map(({ name }) => name.length)) + 2
  const parts = [
    [paint(title, 'bold', color)],
    lines,
    advice === undefined ? [] : [`What to do: ${advice}`],
    facts.map(({ name, value }) => `${`${name}:`.padEnd(widest)}${value}`),
    links.map(({ label, url }) => `${label}: ${url}`),
  ]
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.map((line) => foldLines(line, width)).join('\n'))
    .join('\n\n')
}
