import type { Screen } from '../Terminal.js'
import { ctrlZ, type Job, restoreRawMode, stopJob } from './Job.js'
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

/** The events of a process that ends, and the job control of a shell. */
interface Endings extends Job {
  prependListener(event: 'exit' | 'uncaughtException', listen: () => void): unknown
  off(event: 'exit' | 'uncaughtException' | 'SIGTSTP' | 'SIGCONT', listen: () => void): unknown
}

// Alternate screen, no cursor, no line wrap, so that a character that is wider than computed moves no other line.
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J'
const leave = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l'

/**
 * Takes over a terminal. It is restored by `close`, and also if the process ends by an error or an exit, before
 * anything is printed about that, and while a shell has stopped the process.
 */
export function openScreen(terminal: {
  readonly input: Input
  readonly output: Output
  readonly process: Endings
}): Screen {
  const { input, output, process } = terminal
  let drawn: readonly string[] | undefined
  let isClosed = false
  const listeners = new Set<() => void>()
  const drawAnew = (): void => {
    drawn = undefined
    for (const listen of listeners) listen()
  }
  const held = holdTerminal(terminal, drawAnew)
  const close = (): void => {
    if (isClosed) return
    isClosed = true
    process.off('exit', close)
    process.off('uncaughtException', close)
    held.release()
  }
  process.prependListener('exit', close)
  process.prependListener('uncaughtException', close)
  return {
    // A terminal that does not know its size reports 0.
    size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }),
    draw: (lines) => {
      if (isClosed) return
      const text = redraw(drawn, lines, output.columns || 80)
      drawn = lines
      if (text !== '') output.write(text)
    },
    onInput: (heard) => {
      const listen = (text: string): void => {
        heard(text)
        if (text.includes(ctrlZ)) held.stopJob()
      }
      input.on('data', listen)
      input.resume()
      return () => void input.off('data', listen)
    },
    onResize: (resized) => {
      listeners.add(resized)
      output.on('resize', drawAnew)
      return () => {
        listeners.delete(resized)
        output.off('resize', drawAnew)
      }
    },
    close,
  }
}

/** Switches to the alternate screen, and again after the process was stopped, which discards what was drawn. */
function holdTerminal(
  { input, output, process }: { readonly input: Input; readonly output: Output; readonly process: Endings },
  takenAgain: () => void,
): { readonly stopJob: () => void; readonly release: () => void } {
  const leaveScreen = (): void => {
    output.write(leave)
    input.setRawMode(false)
  }
  const enterScreen = (): void => {
    restoreRawMode(input)
    output.write(enter)
    takenAgain()
  }
  // The sender of the signal stops the rest of the job. The terminal may belong to the shell already, and a background
  // process that changes its mode is stopped once more.
  const stop = (): void => {
    output.write(leave)
    process.kill(process.pid, 'SIGSTOP')
  }
  input.setRawMode(true)
  input.setEncoding('utf8')
  output.write(enter)
  process.on('SIGTSTP', stop)
  process.on('SIGCONT', enterScreen)
  return {
    stopJob: () => {
      leaveScreen()
      process.off('SIGTSTP', stop)
      stopJob(process)
      process.on('SIGTSTP', stop)
      enterScreen()
    },
    release: () => {
      process.off('SIGTSTP', stop)
      process.off('SIGCONT', enterScreen)
      leaveScreen()
      input.pause()
    },
  }
}
