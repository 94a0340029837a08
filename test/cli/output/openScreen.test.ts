import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openScreen } from '../../../src/cli/output/openScreen.js'

function terminalHere() {
  const did: string[] = []
  const process = Object.assign(new EventEmitter(), {
    pid: 7,
    kill: (pid: number, signal: string) => {
      did.push(`${signal} to ${pid}`)
      // The system delivers a signal to its own group to the process, too.
      if (pid === 0) process.emit(signal)
    },
  })
  const input = Object.assign(new EventEmitter(), {
    setRawMode: (raw: boolean) => did.push(`raw ${raw}`),
    setEncoding: () => undefined,
    resume: () => undefined,
    pause: () => did.push('paused'),
  })
  const output = Object.assign(new EventEmitter(), { columns: 80, rows: 24, write: (text: string) => did.push(text) })
  return { did, process, input, output, screen: openScreen({ input, output, process }) }
}

const given = ['\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l', 'raw false', 'paused']

const drawnWhole = '\u001b[?2026h\u001b[2J\u001b[1;1Ha\u001b[K\u001b[?2026l'

describe('a terminal in full-screen mode', () => {
  it('shows the alternate screen without a cursor, and is restored once', () => {
    const { did, screen, process } = terminalHere()
    expect(did.splice(0)).toStrictEqual(['raw true', '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J'])
    screen.close()
    screen.close()
    screen.draw(['late'])
    expect(did).toStrictEqual(given)
    expect(process.eventNames()).toStrictEqual([])
  })

  it.each(['exit', 'uncaughtException'])('is restored on %s, before other listeners write', (event) => {
    const { did, process } = terminalHere()
    did.splice(0)
    process.on(event, () => did.push('said'))
    process.emit(event)
    expect(did).toStrictEqual([...given, 'said'])
  })

  it('is redrawn as a whole after a resize', () => {
    const { did, screen, output } = terminalHere()
    screen.onResize(() => screen.draw(['a']))
    screen.draw(['a'])
    did.splice(0)
    output.emit('resize')
    expect(did).toStrictEqual([drawnWhole])
  })

  it('is restored while Ctrl-Z stops the job group, and taken over again afterwards', () => {
    const { did, screen, input } = terminalHere()
    const typed: string[] = []
    screen.onInput((text) => typed.push(text))
    screen.onResize(() => screen.draw(['a']))
    const entered = did.slice(0, 2)
    screen.draw(['a'])
    did.splice(0)
    input.emit('data', 'j\u001a')
    expect(did).toStrictEqual([...given.slice(0, 2), 'SIGTSTP to 0', 'raw false', ...entered, drawnWhole])
    expect(typed).toStrictEqual(['j\u001a'])
  })

  it('is restored when another process stops this one, and taken over again afterwards', () => {
    const { did, screen, process } = terminalHere()
    screen.onResize(() => screen.draw(['a']))
    const entered = did.splice(0)
    process.emit('SIGTSTP')
    expect(did.splice(0)).toStrictEqual([given[0], 'SIGSTOP to 7'])
    process.emit('SIGCONT')
    // The shell has meanwhile changed the terminal mode, which raw mode does not know of.
    expect(did).toStrictEqual(['raw false', ...entered, drawnWhole])
  })

  it('of unknown size has 80 columns and 24 rows', () => {
    const { output, screen } = terminalHere()
    Object.assign(output, { columns: 0, rows: 0 })
    expect(screen.size()).toStrictEqual({ columns: 80, rows: 24 })
  })
})
