import { displayWidth } from './displayWidth.js'

/**
 * Breaks lines between words so that they fit. Words that are longer, line breaks and indents of the text are kept. The
 * rest of a broken line is indented by `hang` columns.
 */
export function wrapText(text: string, width: number, hang = 0): string {
  const start = ' '.repeat(hang)
  return text
    .split('\n')
    .map((line) => {
      const lines: string[] = []
      let current: string | undefined
      for (const word of line.split(' ')) {
        const longer = current === undefined ? word : `${current} ${word}`
        const fits = displayWidth(longer) <= width - (lines.length === 0 ? 0 : hang)
        if (current === undefined || current.trim() === '' || fits) current = longer
        else {
          lines.push(current)
          current = word
        }
      }
      return [...lines, current ?? ''].map((part, at) => (at === 0 ? part : `${start}${part}`)).join('\n')
    })
    .join('\n')
}
