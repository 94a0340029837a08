import stringWidth from 'string-width'

// Whole letters as people see them: a family of emoji is cut off as one.
const letters = new Intl.Segmenter()

/** Columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  return stringWidth(text)
}

/** The text, cut to so many columns; what was cut shows as an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const { segment } of letters.segment(text)) {
    width += displayWidth(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}
