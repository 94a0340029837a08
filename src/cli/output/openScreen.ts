import type { Screen } from '../Terminal.js'
import { redraw } from './redraw.js'

interface Input {
  setRawMode(raw: boolean): unknown
  setEncoding(encoding: 'utf8'): unknown
  resume(): unknown
  pause(): unknown
  on(event: 'data', listen: (text: string) => void): unknown
  off(event: 'data', listen: (text: string) => void): unknown
}

interface Output {
  readonly columns: number
  readonly rows: number
  write(text: string): unknown
  on(event: 'resize', listen: () => void): unknown
  off(event: 'resize', listen: () => void): unknown
}

/** How a process ends by itself. */
interface Endings {
  prependListener(event: 'exit' | 'uncaughtException', listen: () => void): unknown
  off(event: 'exit' | 'uncaughtException', listen: () => void): unknown
}

// The other screen, no cursor, no wrapping: a letter that the terminal takes for wider than we do moves no other line.
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J'
const leave = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l'

/**
 * Takes over a terminal. It is given back with `close`, and also where the process ends by an error or an exit: before
 * anything is said of that.
 */
export function openScreen({
  input,
  output,
  process,
}: {
  readonly input: Input
  readonly output: Output
  readonly process: Endings
}): Screen {
  let drawn: readonly string[] | undefined
  let isClosed = false
  const close = (): void => {
    if (isClosed) return
    isClosed = true
    process.off('exit', close)
    process.off('uncaughtException', close)
    output.write(leave)
    input.setRawMode(false)
    input.pause()
  }
  process.prependListener('exit', close)
  process.prependListener('uncaughtException', close)
  input.setRawMode(true)
  input.setEncoding('utf8')
  output.write(enter)
  return {
    // A terminal that does not tell its size says 0.
    size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }),
    draw: (lines) => {
      if (isClosed) return
      const text = redraw(drawn, lines, output.columns || 80)
      drawn = lines
      if (text !== '') output.write(text)
    },
    onInput: (heard) => {
      input.on('data', heard)
      input.resume()
      return () => void input.off('data', heard)
    },
    onResize: (resized) => {
      const listen = (): void => {
        drawn = undefined
        resized()
      }
      output.on('resize', listen)
      return () => void output.off('resize', listen)
    },
    close,
  }
}
