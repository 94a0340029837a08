/** One line of Markdown, read from left to right in columns. A tab extends to the next multiple of four. */
export interface MarkdownLine {
  readonly text: string
  /** Index of the first unread character. */
  at: number
  /** The column of that position. Inside a tab, the columns before it were read already. */
  column: number
  isInTab: boolean
  /** Index and column of the next character that is not white space; the length of the text if there is none. */
  next: number
  nextColumn: number
  /**
   * Where a thematic break may begin. It is cached, because a line of a thousand list marks asks for it a thousand
   * times.
   */
  rule?: Rule
}

interface Rule {
  readonly mark: string
  /** From this index on, the line contains only the mark and white space. */
  readonly from: number
  /** Up to this index, at least three marks follow. */
  readonly to: number
}

export function openLine(text: string): MarkdownLine {
  const line: MarkdownLine = { text, at: 0, column: 0, isInTab: false, next: 0, nextColumn: 0 }
  findNext(line)
  return line
}

export function isBlank({ next, text }: MarkdownLine): boolean {
  return next === text.length
}

/** Returns the number of columns of white space before the next character. */
export function indentOf({ column, nextColumn }: MarkdownLine): number {
  return nextColumn - column
}

/** Reads white space, at most the given number of columns. */
export function skipIndent(line: MarkdownLine, columns: number): void {
  const end = Math.min(line.column + columns, line.nextColumn)
  while (line.column < end) {
    const after = line.text.charAt(line.at) === '\t' ? line.column + 4 - (line.column % 4) : line.column + 1
    line.isInTab = after > end
    line.column = Math.min(after, end)
    if (!line.isInTab) line.at += 1
  }
}

/** Reads a mark of the given length, and the white space before it. */
export function skipMark(line: MarkdownLine, length: number): void {
  line.at = line.next + length
  line.column = line.nextColumn + length
  line.isInTab = false
  findNext(line)
}

/** Returns the unread part of the line. A partly read tab is replaced by its remaining spaces. */
export function restOf({ text, at, column, isInTab }: MarkdownLine): string {
  return isInTab ? `${' '.repeat(4 - (column % 4))}${text.slice(at + 1)}` : text.slice(at)
}

export function isThematicBreak(line: MarkdownLine): boolean {
  line.rule ??= ruleOf(line.text)
  const { mark, from, to } = line.rule
  return line.next >= from && line.next <= to && line.text.charAt(line.next) === mark
}

function findNext(line: MarkdownLine): void {
  const { text } = line
  let { at, column } = line
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x20) column += 1
    else if (code === 0x09) column += 4 - (column % 4)
    else break
  }
  line.next = at
  line.nextColumn = column
}

function ruleOf(text: string): Rule {
  let from = text.length
  let to = -1
  let count = 0
  let mark = ''
  while (from > 0) {
    const char = text.charAt(from - 1)
    if (char !== ' ' && char !== '\t') {
      if (mark === '' && (char === '-' || char === '_' || char === '*')) mark = char
      if (char !== mark) break
      count += 1
      if (count === 3) to = from - 1
    }
    from -= 1
  }
  return { mark, from, to }
}
