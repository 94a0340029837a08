/** The end of an HTML block: a match in one of its lines, or a blank line. */
type HtmlEnd = RegExp | 'blank'

/**
 * The start of an HTML block. `isMarkup` is true if text between its tags may be visible, unlike in a comment or
 * script.
 */
export interface HtmlStart {
  readonly end: HtmlEnd
  readonly isMarkup: boolean
}

const names =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|' +
  'figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|' +
  'optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul'

// The first six of the seven kinds of HTML blocks, in the order of CommonMark. Each pattern tests the start of a line.
const starts: readonly (readonly [RegExp, HtmlStart])[] = [
  [/^<(?:pre|script|style|textarea)(?:[ \t>]|$)/i, { end: /<\/(?:pre|script|style|textarea)>/i, isMarkup: false }],
  [/^<!--/, { end: /-->/, isMarkup: false }],
  [/^<\?/, { end: /\?>/, isMarkup: false }],
  [/^<![a-z]/i, { end: />/, isMarkup: false }],
  [/^<!\[CDATA\[/, { end: /\]\]>/, isMarkup: false }],
  [new RegExp(`^</?(?:${names})(?:[ \\t>]|/>|$)`, 'i'), { end: 'blank', isMarkup: true }],
]

const anyTag: HtmlStart = { end: 'blank', isMarkup: true }
const tagName = /<\/?[a-z][a-z0-9-]*/iy
const attribute = /[ \t]+[a-z_:][a-z0-9_.:-]*/iy
const value = /[ \t]*=[ \t]*(?:[^ \t"'=<>`]+|"[^"]*"|'[^']*')/y
const tagEnd = /[ \t]*(\/?)>[ \t]*$/y

/**
 * Returns the HTML block that begins on a line whose indent was removed; `undefined` if none does.
 *
 * @param isInterrupting - True if the block would end a paragraph, which a single complete tag of any name cannot do.
 */
export function htmlStart(line: string, isInterrupting: boolean): HtmlStart | undefined {
  if (!line.startsWith('<')) return undefined
  const known = starts.find(([start]) => start.test(line))
  if (known !== undefined) return known[1]
  return !isInterrupting && isOneTag(line) ? anyTag : undefined
}

/**
 * Returns true if the line is one complete tag. Each part is matched once, from the end of the last one, without
 * retries.
 */
function isOneTag(line: string): boolean {
  let at = match(tagName, line, 0)
  if (at < 0) return false
  const isClosing = line.startsWith('</')
  for (let after = isClosing ? -1 : match(attribute, line, at); after >= 0; after = match(attribute, line, at)) {
    const end = match(value, line, after)
    at = end < 0 ? after : end
  }
  tagEnd.lastIndex = at
  const end = tagEnd.exec(line)
  return end !== null && !(isClosing && end[1] === '/')
}

/** Returns the end of a match that begins at this position; -1 if there is none. */
function match(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(line) ? pattern.lastIndex : -1
}
