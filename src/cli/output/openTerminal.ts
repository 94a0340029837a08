import { readEnvironment } from '../../config/environment.js'
import type { Terminal } from '../Terminal.js'

const leastWidth = 40

/** The terminal of this process. Colour only where people look and have not said NO_COLOR. */
export function openTerminal({ stdout, stderr }: NodeJS.Process = process): Terminal {
  // `govstream proposals | head`: a reader that has seen enough is no failure.
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(0)
  })
  const isColorful = (readEnvironment()['NO_COLOR'] ?? '') === ''
  const widthOf = ({ isTTY, columns }: NodeJS.WriteStream): number => (isTTY ? Math.max(leastWidth, columns) : Infinity)
  return {
    out: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    draw: (text) => void stderr.write(text),
    attended: stderr.isTTY,
    width: widthOf(stdout),
    color: stdout.isTTY && isColorful,
    // People widen their windows while it runs.
    get noteWidth() {
      return widthOf(stderr)
    },
    noteColor: stderr.isTTY && isColorful,
  }
}
