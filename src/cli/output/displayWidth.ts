import stringWidth from 'string-width'

// Whole letters as people see them: a family of emoji is cut off as one.
const letters = new Intl.Segmenter()

// The segmenter takes time with the square of a text: a long one is measured in pieces, which may miss a letter that
// lies across two of them. No line is as long.
const piece = 1_000

/** Columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0
  for (let start = 0; start < text.length; start += piece) width += stringWidth(text.slice(start, start + piece))
  return width
}

/** The text, cut to so many columns; what was cut shows as an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const { segment } of letters.segment(text.slice(0, piece * 10))) {
    width += displayWidth(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}
