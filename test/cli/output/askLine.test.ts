import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { askLine } from '../../../src/cli/output/askLine.js'

/** Somebody types this after the question; what was shown is kept. */
function typing(keys: string): { readonly asking: Parameters<typeof askLine>[0]; readonly shown: () => string } {
  const [input, output] = [new PassThrough(), new PassThrough()]
  let shown = ''
  output.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  input.write(keys)
  return { asking: { input, output }, shown: () => shown }
}
const { signal } = new AbortController()

describe('a question on a terminal', () => {
  it('is answered by a line', async () => {
    const { asking, shown } = typing('http://a\r')
    expect(await askLine(asking, 'RPC: ', signal)).toBe('http://a')
    expect(shown()).toContain('RPC: ')
  })

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D on an empty line', '\u0004'],
  ])('has no answer after %s', async (_, keys) => {
    expect(await askLine(typing(keys).asking, 'RPC: ', signal)).toBeUndefined()
  })

  it('has no answer once the process is asked to stop, before the question or after', async () => {
    const stop = new AbortController()
    const answer = askLine(typing('').asking, 'RPC: ', stop.signal)
    stop.abort()
    expect(await answer).toBeUndefined()
    expect(await askLine(typing('late\r').asking, 'RPC: ', stop.signal)).toBeUndefined()
  })
})
