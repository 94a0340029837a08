/** One block of a stream of server-sent events: an event, or an id alone, which is a position to resume from. */
export interface StreamBlock {
  readonly event: string
  readonly id?: string
  /** Absent if the block is not an event. */
  readonly data?: string
}

/** Parses a stream and keeps what follows the last complete block. */
export interface StreamParser {
  /** Takes the next characters and returns the blocks that they complete. */
  readonly push: (text: string) => readonly StreamBlock[]
}

/**
 * Creates a parser of server-sent events as the HTML standard defines them. Chunks may have any size; the time is
 * linear in the input.
 *
 * @param maxChars - Maximum length of one block.
 * @throws RangeError if a block is longer.
 */
export function createStreamParser(maxChars: number): StreamParser {
  // `tail` is the incomplete line; `size` counts the characters of the block.
  let tail: string[] = []
  let size = 0
  let afterReturn = false
  let block = emptyBlock()

  function endLine(line: string): readonly StreamBlock[] {
    if (line !== '') {
      addField(block, line)
      return []
    }
    const { event, id, data, lines } = block
    block = emptyBlock()
    size = 0
    if (!lines && id === undefined) return []
    return [
      {
        event: event === '' ? 'message' : event,
        ...(id !== undefined && { id }),
        ...(lines && { data: data.join('\n') }),
      },
    ]
  }

  return {
    push: (text) => {
      const blocks: StreamBlock[] = []
      let from = 0
      // A line ends with CR, LF or both; CR and LF may come in two chunks.
      if (afterReturn && text.startsWith('\n')) from = 1
      if (text !== '') afterReturn = text.endsWith('\r')
      const ends = /\r\n|\r|\n/g
      ends.lastIndex = from
      for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
        const line = tail.join('') + text.slice(from, end.index)
        size += end.index - from
        tail = []
        from = end.index + end[0].length
        if (size > maxChars) throw new RangeError(`An event of more than ${maxChars} characters came.`)
        blocks.push(...endLine(line))
      }
      if (from < text.length) {
        tail.push(text.slice(from))
        size += text.length - from
      }
      if (size > maxChars) throw new RangeError(`An event of more than ${maxChars} characters came.`)
      return blocks
    },
  }
}

interface OpenBlock {
  event: string
  id?: string
  readonly data: string[]
  lines: boolean
}

function emptyBlock(): OpenBlock {
  return { event: '', data: [], lines: false }
}

function addField(block: OpenBlock, line: string): void {
  const colon = line.indexOf(':')
  const name = colon < 0 ? line : line.slice(0, colon)
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
  if (name === 'event') block.event = value
  if (name === 'id' && !value.includes('\0')) block.id = value
  if (name === 'data') {
    block.data.push(value)
    block.lines = true
  }
}
