import { describe, expect, it } from 'vitest'
import { createStreamParser, type StreamBlock } from '../../src/remote/parseEventStream.js'

/** The blocks of a stream that arrives in these parts. */
function parsed(...parts: readonly string[]): readonly StreamBlock[] {
  const parser = createStreamParser(100)
  return parts.flatMap((part) => parser.push(part))
}

describe('the blocks of an event stream', () => {
  it('are events, and ids that stand alone', () => {
    expect(parsed('event: head\nid: 7\ndata: {}\n\nid: 8\n\n')).toStrictEqual([
      { event: 'head', id: '7', data: '{}' },
      { event: 'message', id: '8' },
    ])
  })

  it('do not result from a comment, an empty line or a name without data', () => {
    expect(parsed(': still here\n\n', '\n\n', 'event: head\n\n', 'retry: 10\n\n')).toStrictEqual([])
  })

  it('end with any line end, also if it is split', () => {
    const event = [{ event: 'message', data: 'a\nb' }]
    expect(parsed('data: a\r\ndata: b\r\n\r\n')).toStrictEqual(event)
    expect(parsed('data: a\rdata: b\r\r')).toStrictEqual(event)
    expect(parsed('data: a\r', '\ndata: b\r', '\n\r', '\n')).toStrictEqual(event)
    expect(parsed(...Array.from('data: a\r\ndata: b\r\n\r\n'))).toStrictEqual(event)
  })

  it('lose exactly one space after the colon', () => {
    expect(parsed('data:  a\ndata:b\ndata\n\n')).toStrictEqual([{ event: 'message', data: ' a\nb\n' }])
  })

  it('have no id that a header could not contain', () => {
    expect(parsed('id: 1\0\ndata: a\n\n')).toStrictEqual([{ event: 'message', data: 'a' }])
  })

  it('are limited in length, over all lines and however they arrive', () => {
    const line = `data: ${'a'.repeat(44)}\n`
    expect(parsed(line, line, '\n', line, line, '\n')).toHaveLength(2)
    expect(() => parsed(line, line, 'a')).toThrow(RangeError)
    expect(() => parsed(line, line, 'a\n')).toThrow(RangeError)
  })
})
