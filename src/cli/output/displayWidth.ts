import { createRequire } from 'node:module'
import type stringWidth from 'string-width'

const load = createRequire(import.meta.url)

// Plain letters are as wide as they are many. What tells the width of others, the segmenter of Node above all, takes
// longer to start than the rest of a command: the first text that needs it waits for it.
const plain = /^[\x20-\x7e]*$/

const widthOf = onFirstUse((): typeof stringWidth => {
  const module: unknown = load('string-width')
  if (!isWidths(module)) throw new Error('The package string-width is not the one that this version was built with.')
  return module.default
})

function isWidths(module: unknown): module is { readonly default: typeof stringWidth } {
  return typeof module === 'object' && module !== null && 'default' in module && typeof module.default === 'function'
}

// Whole letters as people see them: a family of emoji is cut off as one.
const letters = onFirstUse(() => new Intl.Segmenter())

function onFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

// The segmenter takes time with the square of a text: a long one is measured in pieces, which may miss a letter that
// lies across two of them. No line is as long.
const piece = 1_000

/** Columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (let start = 0; start < text.length; start += piece) width += widthOf()(text.slice(start, start + piece))
  return width
}

/** The text, cut to so many columns; what was cut shows as an ellipsis. */
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
