const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u
const narrow = /\p{M}/u

/** Columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0
  for (const letter of text) width += widthOf(letter)
  return width
}

/** The text, cut to so many columns; what was cut shows as an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const letter of text) {
    width += widthOf(letter)
    if (width > columns - 1) break
    kept += letter
  }
  return `${kept.trimEnd()}…`
}

function widthOf(letter: string): number {
  return narrow.test(letter) ? 0 : wide.test(letter) ? 2 : 1
}
