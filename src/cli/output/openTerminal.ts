import { readEnvironment } from '../../config/environment.js'
import type { Terminal } from '../Terminal.js'

/** The terminal of this process. Colour only where people look and have not said NO_COLOR. */
export function openTerminal({ stdout, stderr }: NodeJS.Process = process): Terminal {
  // `govstream proposals | head`: a reader that has seen enough is no failure.
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(0)
  })
  return {
    out: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    attended: stderr.isTTY,
    width: stdout.isTTY ? Math.max(40, stdout.columns) : Infinity,
    color: stdout.isTTY && (readEnvironment()['NO_COLOR'] ?? '') === '',
  }
}
