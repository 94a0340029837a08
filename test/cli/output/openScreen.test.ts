import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openScreen } from '../../../src/cli/output/openScreen.js'

function terminalHere() {
  const did: string[] = []
  const process = new EventEmitter()
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

describe('a terminal that was taken over', () => {
  it('shows the other screen without a cursor, and is given back as it was, once', () => {
    const { did, screen, process } = terminalHere()
    expect(did.splice(0)).toStrictEqual(['raw true', '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J'])
    screen.close()
    screen.close()
    screen.draw(['late'])
    expect(did).toStrictEqual(given)
    expect(process.eventNames()).toStrictEqual([])
  })

  it.each(['exit', 'uncaughtException'])('is given back at an %s, before others say anything', (event) => {
    const { did, process } = terminalHere()
    did.splice(0)
    process.on(event, () => did.push('said'))
    process.emit(event)
    expect(did).toStrictEqual([...given, 'said'])
  })

  it('is drawn as a whole after its size changed', () => {
    const { did, screen, output } = terminalHere()
    screen.onResize(() => screen.draw(['a']))
    screen.draw(['a'])
    did.splice(0)
    output.emit('resize')
    expect(did).toStrictEqual(['\u001b[?2026h\u001b[2J\u001b[1;1Ha\u001b[K\u001b[?2026l'])
  })

  it('that does not tell its size has 80 columns and 24 rows', () => {
    const { output, screen } = terminalHere()
    Object.assign(output, { columns: 0, rows: 0 })
    expect(screen.size()).toStrictEqual({ columns: 80, rows: 24 })
  })
})
