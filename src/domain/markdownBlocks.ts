/** A part of a Markdown text: a line of its own, or a fenced block as a whole. */
export type MarkdownBlock =
  | { readonly kind: 'line'; readonly text: string }
  /** `info` is what stands behind the opening marks, trimmed; `body` the lines between the fences. */
  | { readonly kind: 'fence'; readonly info: string; readonly body: string }

const opening = /^ {0,3}(?:(`{3,})([^`]*)|(~{3,})([^\n]*))$/
const comment = /^ {0,3}<!--/

/**
 * The lines and fenced blocks of a text, in order, lazily.
 *
 * - Fences as CommonMark has them: three marks or more, up to three spaces of indent; one that is never closed
 *   goes on to the end; what looks like a fence inside another one is text.
 * - Comments are left out, fences within them included: what a voter cannot see is not part of the proposal.
 * - Line ends may be `\n`, `\r\n` or `\r`.
 */
export function* markdownBlocks(text: string): Generator<MarkdownBlock, void, undefined> {
  const lines = linesOf(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text)
  for (const line of lines) {
    if (comment.test(line)) {
      const rest = line.slice(line.indexOf('<!--') + 4)
      if (!rest.includes('-->')) skipComment(lines)
      continue
    }
    const [, ticks, tickInfo, tildes, tildeInfo] = opening.exec(line) ?? []
    const marks = ticks ?? tildes
    if (marks === undefined) yield { kind: 'line', text: line }
    else yield { kind: 'fence', info: (tickInfo ?? tildeInfo ?? '').trim(), body: bodyOf(lines, marks) }
  }
}

function* linesOf(text: string): Generator<string, void, undefined> {
  let start = 0
  for (;;) {
    const end = text.indexOf('\n', start)
    if (end < 0) break
    yield text.slice(start, end)
    start = end + 1
  }
  yield text.slice(start)
}

// Both take what is theirs from the generator with `next`: a `for` loop that is left would close it.
function skipComment(lines: Generator<string, void, undefined>): void {
  for (let { value } = lines.next(); value !== undefined; { value } = lines.next()) {
    if (value.includes('-->')) return
  }
}

function bodyOf(lines: Generator<string, void, undefined>, marks: string): string {
  const body: string[] = []
  for (let { value } = lines.next(); value !== undefined; { value } = lines.next()) {
    if (closes(value, marks)) break
    body.push(value)
  }
  return body.join('\n')
}

function closes(line: string, marks: string): boolean {
  const text = line.trim()
  return text.length >= marks.length && /^ {0,3}[`~]/.test(line) && text === marks.charAt(0).repeat(text.length)
}
