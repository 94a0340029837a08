import { displayWidth } from './displayWidth.js'
import { wrapText } from './wrapText.js'

/**
 * Folds a text to the width of a terminal, between words; the rest of a folded line is indented by `hang` columns.
 */
export function foldLines(text: string, width: number, hang = 2): string {
  return text
    .split('\n')
    .map((line) => {
      if (displayWidth(line) <= width) return line
      const indent = ' '.repeat(line.length - line.trimStart().length)
      return wrapText(line.trimStart(), width - indent.length, hang).replaceAll(/^/gm, indent)
    })
    .join('\n')
}
