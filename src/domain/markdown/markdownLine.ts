/** One line of Markdown, read from left to right in columns: a tab reaches to the next multiple of four. */
export interface MarkdownLine {
  readonly text: string
  /** Index of the first character that is not read yet. */
  at: number
  /** The column of that place. Inside a tab, the columns before it are read already. */
  column: number
  isInTab: boolean
  /** Index and column of the next character that is no white space; the length of the text where none is left. */
  next: number
  nextColumn: number
  /** Where a thematic break may begin: worked out once, for a line of a thousand list marks asks a thousand times. */
  rule?: Rule
}

interface Rule {
  readonly mark: string
  /** From here on the line holds nothing but the mark and white space. */
  readonly from: number
  /** From here on there are three marks or more. */
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

/** Columns of white space before the next character. */
export function indentOf({ column, nextColumn }: MarkdownLine): number {
  return nextColumn - column
}

/** Reads white space, at most so many columns of it. */
export function skipIndent(line: MarkdownLine, columns: number): void {
  const end = Math.min(line.column + columns, line.nextColumn)
  while (line.column < end) {
    const after = line.text.charAt(line.at) === '\t' ? line.column + 4 - (line.column % 4) : line.column + 1
    line.isInTab = after > end
    line.column = Math.min(after, end)
    if (!line.isInTab) line.at += 1
  }
}

/** Reads a mark of so many characters, and the white space before it. */
export function skipMark(line: MarkdownLine, length: number): void {
  line.at = line.next + length
  line.column = line.nextColumn + length
  line.isInTab = false
  findNext(line)
}

/** What is not read yet. Of a tab that is read in part, spaces are left. */
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
