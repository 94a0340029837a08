const maxLabel = 999
const space = /[ \t]*(?:\n[ \t]*)?/y
const label = /\[((?:[^[\]\\]|\\[^])*)\]:/y
const angled = /<(?:[^<>\n\\]|\\[^\n])*>/y
const lineEnd = /[ \t]*(?:\n|$)/y

/**
 * Returns true if a paragraph consists only of link reference definitions, `[label]: address "title"`. It then displays
 * nothing, and a line of `=` below it does not make a heading. Takes linear time, because the first part that is not a
 * definition ends the search.
 */
export function isAllDefinitions(paragraph: string): boolean {
  let at = 0
  while (at >= 0 && at < paragraph.length) at = afterDefinition(paragraph, at)
  return at >= 0
}

/** Returns the index after the definition that begins here; -1 if none does. */
function afterDefinition(text: string, start: number): number {
  label.lastIndex = start
  const name = label.exec(text)?.[1]
  if (name === undefined || name.length > maxLabel || name.trim() === '') return -1
  const address = afterAddress(text, match(space, text, label.lastIndex))
  if (address < 0) return -1
  const withTitle = afterTitle(text, address)
  return withTitle >= 0 ? withTitle : match(lineEnd, text, address)
}

/** Matches an address in angle brackets, or one without spaces and with balanced parentheses. */
function afterAddress(text: string, start: number): number {
  if (text.charAt(start) === '<') return match(angled, text, start)
  let depth = 0
  let at = start
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code <= 0x20 || code === 0x7f) break
    const char = text.charAt(at)
    if (char === '\\' && at + 1 < text.length && !/\s/.test(text.charAt(at + 1))) at += 1
    else if (char === '(') depth += 1
    else if (char === ')') {
      if (depth === 0) break
      depth -= 1
    }
  }
  return at === start || depth > 0 ? -1 : at
}

/** Matches a title, which has white space before it and nothing after it on its line. */
function afterTitle(text: string, start: number): number {
  const at = match(space, text, start)
  const open = text.charAt(at)
  if (at === start || (open !== '"' && open !== "'" && open !== '(')) return -1
  const close = open === '(' ? ')' : open
  for (let end = at + 1; end < text.length; end += 1) {
    const char = text.charAt(end)
    if (char === '\\') end += 1
    else if (char === close) return match(lineEnd, text, end + 1)
    else if (char === '(' && open === '(') return -1
  }
  return -1
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}
