import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { askLine } from '../../../src/cli/output/askLine.js'

/** Types these keys after the question and records the output. */
function typing(keys: string) {
  const did: string[] = []
  const input = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => did.push(`raw ${raw}`) })
  const output = new PassThrough()
  const job = Object.assign(new EventEmitter(), {
    pid: 7,
    kill: (pid: number, signal: string) => did.push(`${signal} to ${pid}`),
  })
  let shown = ''
  output.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  input.write(keys)
  return { asking: { input, output, job }, shown: () => shown, did, type: (more: string) => input.write(more), job }
}
const { signal } = new AbortController()

describe('a question on a terminal', () => {
  it('is answered by a line', async () => {
    const { asking, shown } = typing('http://a\r')
    expect(await askLine(asking, 'RPC: ', signal)).toBe('http://a')
    expect(shown()).toContain('RPC: ')
  })

  it('shows what is typed once, also after a former question', async () => {
    const { asking, shown, type } = typing('http://a\r')
    await askLine(asking, 'RPC: ', signal)
    const answer = askLine(asking, 'Name: ', signal)
    for (const key of 'local') type(key)
    await expect.poll(shown).toContain('l')
    type('\r')
    expect(await answer).toBe('local')
    expect(shown().slice(shown().indexOf('Name: '))).toMatch(/^Name: .*local\r\n$/s)
    expect(asking.input.listenerCount('keypress')).toBe(0)
  })

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D on an empty line', '\u0004'],
  ])('has no answer after %s, and later output starts on a new line', async (_, keys) => {
    const { asking, shown } = typing(keys)
    expect(await askLine(asking, 'RPC: ', signal)).toBeUndefined()
    expect(shown()).toMatch(/RPC: .*\n$/s)
  })

  it('waits while Ctrl-Z stops the job group, and then shows the question again with the typed text', async () => {
    const { asking, shown, did, type, job } = typing('http://\u001a')
    const answer = askLine(asking, 'RPC: ', signal)
    await expect.poll(() => did.includes('SIGTSTP to 0')).toBe(true)
    expect(did.splice(0)).toStrictEqual(['raw true', 'raw false', 'SIGTSTP to 0', 'raw false', 'raw true'])
    const before = shown().length
    // The shell has changed the terminal mode, when another process stopped the job.
    job.emit('SIGCONT')
    expect(did.splice(0)).toStrictEqual(['raw false', 'raw true'])
    type('a\r')
    expect(await answer).toBe('http://a')
    expect(shown().slice(before)).toContain('RPC: http://')
    expect(job.eventNames()).toStrictEqual([])
  })

  it('has no answer once the process is asked to stop, before or after the question', async () => {
    const stop = new AbortController()
    const answer = askLine(typing('').asking, 'RPC: ', stop.signal)
    stop.abort()
    expect(await answer).toBeUndefined()
    expect(await askLine(typing('late\r').asking, 'RPC: ', stop.signal)).toBeUndefined()
  })
})
