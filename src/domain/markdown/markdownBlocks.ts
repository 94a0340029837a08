import { htmlStart, type HtmlStart } from './htmlBlock.js'
import { isAllDefinitions } from './linkDefinitions.js'
import { indentOf, isBlank, isThematicBreak, type MarkdownLine, openLine, restOf, skipIndent } from './markdownLine.js'
import {
  closesFence,
  isHeading,
  isQuoteMark,
  openingFence,
  readItemMark,
  readQuoteMark,
  underlines,
} from './markdownMarks.js'

/** A part of a Markdown text: a line as it is written, or a fenced block or a block of HTML as a whole. */
export type MarkdownBlock =
  | { readonly kind: 'line'; readonly text: string }
  /**
   * `info` is what stands behind the opening marks, trimmed; `body` the lines between the fences, less the marks of
   * quotes and lists.
   */
  | { readonly kind: 'fence'; readonly info: string; readonly body: string }
  /**
   * Raw HTML: what looks like a fence in it is none. `isMarkup` where its text may be seen, unlike that of a comment or
   * a script.
   */
  | { readonly kind: 'html'; readonly isMarkup: boolean; readonly body: string }

type Paragraph =
  /** Its lines, as long as they may be nothing but link definitions. */
  { readonly kind: 'paragraph'; readonly lines: string[] | undefined }
type Fence = {
  readonly kind: 'fence'
  readonly info: string
  readonly marks: string
  readonly indent: number
  readonly body: string[]
}
type Html = { readonly kind: 'html'; readonly start: HtmlStart; readonly body: string[] }

/** The blocks that are open, and the finished ones that are still to be given out. */
interface State {
  /** 0 for a block quote; for a list item the columns its text is indented by. */
  readonly containers: number[]
  /** Where the quotes lie among them: a blank line ends at the next of them, and must not search for it. */
  readonly quotes: number[]
  /** How many containers the current line goes on with or has opened. */
  kept: number
  /** The innermost container is an item that holds nothing yet: a blank line ends it. */
  isEmptyItem: boolean
  leaf: Paragraph | Fence | Html | undefined
  readonly done: MarkdownBlock[]
}

/**
 * The blocks of a Markdown text, in order, lazily: a reader of the text sees a code block where a `fence` is here.
 * Follows the block structure of CommonMark 0.31:
 *
 * - block quotes and list items with their indentation, and the lines that go on with a paragraph without their marks;
 * - the seven kinds of HTML blocks, each to its own end;
 * - fences in any of them, to their end or to that of what holds them. All else is lines, indented code too.
 *
 * Line ends may be `\n`, `\r\n` or `\r`. Takes time in proportion to the text, however deep it nests.
 */
export function* markdownBlocks(text: string): Generator<MarkdownBlock, void, undefined> {
  const state: State = { containers: [], quotes: [], kept: 0, isEmptyItem: false, leaf: undefined, done: [] }
  const whole = text.includes('\r') ? text.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : text
  // The mark of the byte order is no part of the first line.
  for (let start = whole.startsWith('\ufeff') ? 1 : 0; start <= whole.length;) {
    const found = whole.indexOf('\n', start)
    const end = found < 0 ? whole.length : found
    readLine(state, openLine(whole.slice(start, end)))
    for (let block = state.done.shift(); block !== undefined; block = state.done.shift()) yield block
    start = end + 1
  }
  endLeaf(state)
  yield* state.done
}

function readLine(state: State, line: MarkdownLine): void {
  state.kept = countContinued(state, line)
  state.isEmptyItem = false
  const { leaf } = state
  if (leaf !== undefined && leaf.kind !== 'paragraph') {
    if (state.kept === state.containers.length && readInto(state, leaf, line)) return
    endLeaf(state)
  }
  if (openBlocks(state, line)) return
  if (isBlank(line)) closeUnmatched(state)
  else addText(state, line.text.slice(line.next))
  state.done.push({ kind: 'line', text: line.text })
}

/** Reads the marks of the open containers; how many of them the line goes on with. */
function countContinued({ containers, quotes, isEmptyItem }: State, line: MarkdownLine): number {
  let passed = 0
  for (let index = 0; index < containers.length; index += 1) {
    const width = containers[index] ?? 0
    if (isBlank(line)) {
      const end = quotes[passed] ?? containers.length
      return isEmptyItem && end === containers.length ? end - 1 : end
    }
    if (width === 0) {
      if (!isQuoteMark(line)) return index
      readQuoteMark(line)
      passed += 1
    } else {
      if (indentOf(line) < width) return index
      skipIndent(line, width)
    }
  }
  return containers.length
}

/** Reads the line as one of the fence or the HTML that is open; false where it belongs to it no more. */
function readInto(state: State, leaf: Fence | Html, line: MarkdownLine): boolean {
  if (leaf.kind === 'html') {
    if (leaf.start.end === 'blank' && isBlank(line)) return false
    readHtml(state, leaf, line)
  } else if (closesFence(line, leaf.marks)) endLeaf(state)
  else {
    skipIndent(line, leaf.indent)
    leaf.body.push(restOf(line))
  }
  return true
}

function readHtml(state: State, { start: { end }, body }: Html, line: MarkdownLine): void {
  const text = restOf(line)
  body.push(text)
  if (end !== 'blank' && end.test(text)) endLeaf(state)
}

/** Opens what begins on this line. True where it is read to its end; else what is left of it is text, or blank. */
function openBlocks(state: State, line: MarkdownLine): boolean {
  for (let isOpened = false; ; isOpened = true) {
    if (isBlank(line)) {
      state.isEmptyItem = isOpened && state.containers.at(-1) !== 0
      return false
    }
    const isParagraph = state.leaf !== undefined
    if (indentOf(line) >= 4) return !isParagraph && endWith(state, line)
    // A line that left out marks of its containers does not count as one within the paragraph, as renderers have it.
    const isInterrupting = isParagraph && state.kept === state.containers.length
    if (isQuoteMark(line)) {
      open(state, 0)
      readQuoteMark(line)
      continue
    }
    if (openLeaf(state, line, isInterrupting)) return true
    if ((isInterrupting && underlinesText(state, line)) || isThematicBreak(line)) return endWith(state, line)
    const width = readItemMark(line, isInterrupting)
    if (width === undefined) return false
    open(state, width)
  }
}

/** Opens the heading, the fence or the HTML that begins here, if one does. */
function openLeaf(state: State, line: MarkdownLine, isInterrupting: boolean): boolean {
  const mark = line.text.charAt(line.next)
  if (mark === '#') return isHeading(line) && endWith(state, line)
  if (mark === '<') {
    const start = htmlStart(line.text.slice(line.next), isInterrupting)
    if (start === undefined) return false
    closeUnmatched(state)
    const leaf: Html = { kind: 'html', start, body: [] }
    state.leaf = leaf
    readHtml(state, leaf, line)
    return true
  }
  const fence = openingFence(line)
  if (fence === undefined) return false
  closeUnmatched(state)
  state.leaf = { kind: 'fence', ...fence, indent: indentOf(line), body: [] }
  return true
}

/**
 * The line makes the paragraph above it a heading. One of nothing but link definitions shows no text that could be one.
 */
function underlinesText(state: State, line: MarkdownLine): boolean {
  if (!underlines(line)) return false
  const lines = state.leaf?.kind === 'paragraph' ? state.leaf.lines : undefined
  if (lines === undefined || !isAllDefinitions(lines.join('\n'))) return true
  state.leaf = { kind: 'paragraph', lines: undefined }
  return false
}

function open(state: State, container: number): void {
  closeUnmatched(state)
  if (container === 0) state.quotes.push(state.kept)
  state.containers.push(container)
  state.kept += 1
}

function endWith(state: State, { text }: MarkdownLine): true {
  closeUnmatched(state)
  state.done.push({ kind: 'line', text })
  return true
}

/** Text goes on with an open paragraph, also where the marks of its containers are left out. */
function addText(state: State, text: string): void {
  if (state.leaf?.kind === 'paragraph') {
    state.leaf.lines?.push(text)
    return
  }
  closeUnmatched(state)
  state.leaf = { kind: 'paragraph', lines: text.startsWith('[') ? [text] : undefined }
}

/** Ends the paragraph that is open, and the containers that the line does not go on with. */
function closeUnmatched(state: State): void {
  const { containers, quotes, kept } = state
  state.leaf = undefined
  containers.length = kept
  while ((quotes.at(-1) ?? -1) >= kept) quotes.pop()
}

/** Ends the fence or the HTML that is open and gives it out. */
function endLeaf(state: State): void {
  const { leaf } = state
  state.leaf = undefined
  if (leaf?.kind === 'fence') state.done.push({ kind: 'fence', info: leaf.info, body: leaf.body.join('\n') })
  if (leaf?.kind === 'html')
    state.done.push({ kind: 'html', isMarkup: leaf.start.isMarkup, body: leaf.body.join('\n') })
}
