import { displayWidth } from './displayWidth.js'

// Synchronized update: the terminal shows everything between these at once; others ignore them.
const begin = '\u001b[?2026h'
const end = '\u001b[?2026l'
const clearAll = '\u001b[2J'
const clearLine = '\u001b[2K'
const clearRest = '\u001b[K'

/**
 * Returns the output that turns the screen `before` into `after`: only lines that differ, and nothing if none does.
 * Without `before` the screen is cleared first.
 */
export function redraw(before: readonly string[] | undefined, after: readonly string[], columns: number): string {
  const height = Math.max(before?.length ?? 0, after.length)
  const changed = Array.from({ length: height }, (_, row) => {
    const line = after[row] ?? ''
    if (line === (before?.[row] ?? '')) return ''
    // After a full line the cursor is still on its last column, and clearing the rest would erase the last character.
    const text = displayWidth(line) < columns ? `${line}${clearRest}` : `${clearLine}${line}`
    return `\u001b[${row + 1};1H${text}`
  }).join('')
  if (before !== undefined && changed === '') return ''
  return `${begin}${before === undefined ? clearAll : ''}${changed}${end}`
}
