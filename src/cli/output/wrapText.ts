import { displayWidth } from './displayWidth.js'

/** Breaks lines between words so that they fit; longer words and line breaks of the text stay. */
export function wrapText(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      const lines: string[] = []
      let current = ''
      for (const word of line.split(' ')) {
        const longer = current === '' ? word : `${current} ${word}`
        if (current === '' || displayWidth(longer) <= width) current = longer
        else {
          lines.push(current)
          current = word
        }
      }
      return [...lines, current].join('\n')
    })
    .join('\n')
}
