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

/** A part of a Markdown text: a single line as written, or a whole fenced block or HTML block. */
export type MarkdownBlock =
  | { readonly kind: 'line'; readonly text: string }
  /**
   * `info` is the trimmed text after the opening marks. `body` is the lines between the fences, without the marks of
   * quotes and lists.
   */
  | { readonly kind: 'fence'; readonly info: string; readonly body: string }
  /**
   * Raw HTML; fences within it do not count. `isMarkup` is true if its text may be visible, unlike that of a comment or
   * script.
   */
  | { readonly kind: 'html'; readonly isMarkup: boolean; readonly body: string }

type Paragraph =
  /** Its lines, as long as they may consist only of link definitions. */
  { readonly kind: 'paragraph'; readonly lines: string[] | undefined }
type Fence = {
  readonly kind: 'fence'
  readonly info: string
  readonly marks: string
  readonly indent: number
  readonly body: string[]
}
type Html = { readonly kind: 'html'; readonly start: HtmlStart; readonly body: string[] }

/** The open blocks, and the finished ones that were not yielded yet. */
interface State {
  /** One entry per container: 0 for a block quote; for a list item, the number of columns its text is indented by. */
  readonly containers: number[]
  /**
   * Indexes of the quotes in `containers`. A blank line ends at the next quote, which must be found without a search.
   */
  readonly quotes: number[]
  /** Number of containers that the current line continues or has opened. */
  kept: number
  /** True if the innermost container is a list item without content. A blank line ends such an item. */
  isEmptyItem: boolean
  leaf: Paragraph | Fence | Html | undefined
  readonly done: MarkdownBlock[]
}

/**
 * Yields the blocks of a Markdown text, in order and lazily. A `fence` is what a reader of the rendered text sees as a
 * code block. It follows the block structure of CommonMark 0.31:
 *
 * - block quotes and list items with their indentation, and lines that continue a paragraph without these marks;
 * - the seven kinds of HTML blocks, each up to its own end;
 * - fences in any of them, up to their end or that of their container. Everything else is lines, including indented
 *   code.
 *
 * Line ends may be `\n`, `\r\n` or `\r`. It takes time proportional to the text, however deeply it is nested.
 */
export function* markdownBlocks(text: string): Generator<MarkdownBlock, void, undefined> {
  const state: State = { containers: [], quotes: [], kept: 0, isEmptyItem: false, leaf: undefined, done: [] }
  const whole = text.includes('\r') ? text.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : text
  // The byte order mark is not part of the first line.
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

/** Reads the marks of the open containers; returns how many of them the line continues. */
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

/** Reads the line as a part of the open fence or HTML block. Returns false if it no longer belongs to it. */
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

/**
 * Opens the blocks that begin on this line. Returns true if the line was read to its end; otherwise the rest is text or
 * blank.
 */
function openBlocks(state: State, line: MarkdownLine): boolean {
  for (let isOpened = false; ; isOpened = true) {
    if (isBlank(line)) {
      state.isEmptyItem = isOpened && state.containers.at(-1) !== 0
      return false
    }
    const isParagraph = state.leaf !== undefined
    if (indentOf(line) >= 4) return !isParagraph && endWith(state, line)
    // A line that omits marks of its containers does not count as interrupting the paragraph; renderers do the same.
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

/** Opens the heading, fence or HTML block that begins here. Returns false if none does. */
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
 * Returns true if the line makes the paragraph above it a heading. A paragraph of link definitions only displays no
 * text and cannot become one.
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

/** Adds text to an open paragraph, even if the marks of its containers are omitted, or opens a new one. */
function addText(state: State, text: string): void {
  if (state.leaf?.kind === 'paragraph') {
    state.leaf.lines?.push(text)
    return
  }
  closeUnmatched(state)
  state.leaf = { kind: 'paragraph', lines: text.startsWith('[') ? [text] : undefined }
}

/** Ends the open paragraph, and the containers that the line does not continue. */
function closeUnmatched(state: State): void {
  const { containers, quotes, kept } = state
  state.leaf = undefined
  containers.length = kept
  while ((quotes.at(-1) ?? -1) >= kept) quotes.pop()
}

/** Ends the open fence or HTML block and adds it to the finished blocks. */
function endLeaf(state: State): void {
  const { leaf } = state
  state.leaf = undefined
  if (leaf?.kind === 'fence') state.done.push({ kind: 'fence', info: leaf.info, body: leaf.body.join('\n') })
  if (leaf?.kind === 'html')
    state.done.push({ kind: 'html', isMarkup: leaf.start.isMarkup, body: leaf.body.join('\n') })
}
