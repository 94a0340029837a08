import { createRequire } from 'node:module'
import type stringWidth from 'string-width'

const load = createRequire(import.meta.url)

// Printable ASCII has one column per character. Measuring other text needs modules that take longer to load than the
// rest of a command, above all Node's segmenter, so they are loaded at the first such text.
const plain = /^[\x20-\x7e]*$/

const widthOf = onFirstUse((): typeof stringWidth => {
  const module: unknown = load('string-width')
  if (!isWidths(module)) throw new Error('The package string-width is not the one that this version was built with.')
  return module.default
})

function isWidths(module: unknown): module is { readonly default: typeof stringWidth } {
  return typeof module === 'object' && module !== null && 'default' in module && typeof module.default === 'function'
}

// Graphemes, so that a family of emoji is cut off as one.
const letters = onFirstUse(() => new Intl.Segmenter())

function onFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

// The segmenter takes quadratic time, so a long text is measured in pieces. A grapheme that spans two of them may be
// measured wrongly, but no line is that long.
const piece = 1_000

/** Returns the number of terminal columns of a text. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (let start = 0; start < text.length; start += piece) width += widthOf()(text.slice(start, start + piece))
  return width
}

/** Cuts a text to a number of columns, with an ellipsis in place of the rest. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const { segment } of letters().segment(text.slice(0, piece * 10))) {
    width += displayWidth(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** Splits a text into parts that are each at most `columns` wide. A grapheme that is wider is a part of its own. */
export function splitAtWidth(text: string, columns: number): readonly string[] {
  if (displayWidth(text) <= columns) return [text]
  const parts: string[] = []
  let current = ''
  let width = 0
  for (let start = 0; start < text.length; start += piece)
    for (const { segment } of letters().segment(text.slice(start, start + piece))) {
      const more = displayWidth(segment)
      if (width + more > columns && current !== '') {
        parts.push(current)
        current = ''
        width = 0
      }
      current += segment
      width += more
    }
  return [...parts, current]
}
