import { describe, expect, it } from 'vitest'
import { progressLine } from '../../../src/cli/output/progressLine.js'
import type { SyncProgress } from '../../../src/sources/createReader.js'

const clear = '\r\u001b[2K'
const progress = (chain: string, done: bigint, toGo: bigint): SyncProgress => ({
  chain,
  from: 0n,
  done,
  toGo,
  blocksPerSecond: 10,
  secondsLeft: Number(toGo) / 10,
})

/** The output to a terminal, and the line as it would show. */
function screen(noteWidth = 80) {
  let written = ''
  let time = 0
  const put = (text: string): void => void (written += text)
  const line = progressLine({ draw: put, note: (text) => put(`${text}\n`), noteWidth }, () => (time += 1_000))
  return { line, written: () => written, shown: () => written.split('\n').at(-1)?.split(clear).at(-1) }
}

describe('the progress line', () => {
  it('is one line', () => {
    const { line, written, shown } = screen()
    line.progress(progress('local', 50n, 150n))
    expect(shown()).toBe('reading the history: local 25 %, 150 blocks to go, about 15 s')
    line.progress(progress('local', 199n, 1n))
    expect(shown()).toBe('reading the history: local 99 %, 1 block to go, about 0 s')
    expect(written()).not.toContain('\n')
  })

  it('shows several chains, cut to the width of the terminal', () => {
    const { line, shown } = screen(50)
    for (const chain of ['one', 'two', 'three', 'four']) line.progress(progress(chain, 50n, 150n))
    expect(shown()).toBe('reading the history: one 25 %, two 25 %, three 2…')
  })

  it('stays below the log lines, and is cleared when done', () => {
    const { line, written, shown } = screen()
    line.progress(progress('local', 50n, 150n))
    line.above('a line')
    expect(written()).toMatch(/\u001b\[2Ka line\n\r\u001b\[2Kreading the history/)
    line.progress(progress('local', 200n, 0n))
    expect(shown()).toBe('')
    line.above('another')
    expect(written().endsWith('another\n')).toBe(true)
  })

  it('is redrawn at a limited rate', () => {
    let draws = 0
    const line = progressLine({ draw: () => void (draws += 1), note: () => undefined, noteWidth: 80 }, () => 1)
    for (let done = 1n; done < 100n; done += 1n) line.progress(progress('local', done, 100n - done))
    expect(draws).toBe(1)
  })
})
