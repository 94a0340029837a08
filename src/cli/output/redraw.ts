import { displayWidth } from './displayWidth.js'

// The terminal shows what stands between these at once; one that does not know them ignores them.
const begin = '\u001b[?2026h'
const end = '\u001b[?2026l'
const clearAll = '\u001b[2J'
const clearLine = '\u001b[2K'
const clearRest = '\u001b[K'

/**
 * What makes a screen of `before` one of `after`: only lines that differ are written, and nothing where none does.
 * Without `before` the screen is cleared first.
 */
export function redraw(before: readonly string[] | undefined, after: readonly string[], columns: number): string {
  const height = Math.max(before?.length ?? 0, after.length)
  const changed = Array.from({ length: height }, (_, row) => {
    const line = after[row] ?? ''
    if (line === (before?.[row] ?? '')) return ''
    // Behind the last column there is no rest: clearing it there takes the last letter.
    const text = displayWidth(line) < columns ? `${line}${clearRest}` : `${clearLine}${line}`
    return `\u001b[${row + 1};1H${text}`
  }).join('')
  if (before !== undefined && changed === '') return ''
  return `${begin}${before === undefined ? clearAll : ''}${changed}${end}`
}
