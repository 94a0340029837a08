import { displayWidth } from './displayWidth.js'
import { wrapText } from './wrapText.js'

/**
 * The text in lines no wider than a terminal, broken between words; what goes on stands under its line, `hang` columns
 * in.
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
