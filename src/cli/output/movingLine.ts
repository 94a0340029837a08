import type { Terminal } from '../Terminal.js'
import { cutToWidth } from './displayWidth.js'

/** The last line of a terminal, redrawn in place. It must be erased before anything else is written. */
export interface MovingLine {
  readonly show: (text: string) => void
  readonly erase: () => void
}

const clear = '\r\u001b[2K'

export function movingLine(terminal: Pick<Terminal, 'draw' | 'noteWidth'>): MovingLine {
  let isDrawn = false
  return {
    show: (text) => {
      terminal.draw?.(`${clear}${cutToWidth(text, terminal.noteWidth - 1)}`)
      isDrawn = true
    },
    erase: () => {
      if (isDrawn) terminal.draw?.(clear)
      isDrawn = false
    },
  }
}
