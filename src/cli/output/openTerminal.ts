import { isatty } from 'node:tty'
import { type Environment, readEnvironment } from '../../config/environment.js'
import { askLine, type Asking } from './askLine.js'
import type { Screen, Terminal } from '../Terminal.js'
import { openScreen } from './openScreen.js'

const leastWidth = 40

/** What is used of a stream of this process. */
interface Output {
  readonly isTTY: boolean
  readonly columns: number
  write(text: string, done?: () => void): unknown
  on(event: 'error', listen: (error: NodeJS.ErrnoException) => void): unknown
}

interface Outputs {
  readonly stdout: Output
  readonly stderr: Output
  /** Where people are asked; absent where nobody sits. */
  readonly asking?: () => Asking
  /** Takes over the whole terminal; absent where there is none. */
  readonly screen?: () => Screen
}

/** Standard input is not touched before somebody is asked. */
const ofThisProcess: Outputs = {
  stdout: process.stdout,
  stderr: process.stderr,
  ...(isatty(0) &&
    isatty(1) && { screen: () => openScreen({ input: process.stdin, output: process.stdout, process }) }),
  ...(isatty(0) && isatty(2) && { asking: () => ({ input: process.stdin, output: process.stderr, job: process }) }),
}

/**
 * The terminal of this process. Colour only where people look and their terminal knows it; FORCE_COLOR asks for it
 * elsewhere, NO_COLOR refuses it everywhere.
 */
export function openTerminal(
  { stdout, stderr, asking, screen }: Outputs = ofThisProcess,
  environment: Environment = readEnvironment(),
): Terminal {
  // `govstream proposals | head`: a reader that has seen enough is no failure.
  stdout.on('error', ({ code }) => {
    if (code === 'EPIPE') process.exit(0)
  })
  // A terminal that was closed: the hang-up that comes with it ends what is under way in good order.
  stderr.on('error', (error) => {
    if (error.code !== 'EIO') throw error
  })
  const isSet = (name: string): boolean => (environment[name] ?? '') !== ''
  const isForced = isSet('FORCE_COLOR') && environment['FORCE_COLOR'] !== '0'
  const isPlain = isSet('NO_COLOR') || environment['FORCE_COLOR'] === '0'
  const isDumb = environment['TERM'] === 'dumb'
  const colorOf = ({ isTTY }: Output): boolean => !isPlain && (isForced || (isTTY && !isDumb))
  const widthOf = ({ isTTY, columns }: Output): number => (isTTY ? Math.max(leastWidth, columns) : Infinity)
  return {
    out: (text) => void stdout.write(`${text}\n`),
    // A turn of the loop: what hears of a reader that is gone, and what gives memory back, waits for one.
    taken: () => new Promise((taken) => void stdout.write('', () => setImmediate(taken))),
    note: (text) => void stderr.write(`${text}\n`),
    attended: stderr.isTTY,
    width: widthOf(stdout),
    color: colorOf(stdout),
    // People widen their windows while it runs.
    get noteWidth() {
      return widthOf(stderr)
    },
    noteColor: colorOf(stderr),
    ...(stderr.isTTY && !isDumb && { draw: (text: string) => void stderr.write(text) }),
    ...(screen !== undefined && !isDumb && { openScreen: screen }),
    ...(asking !== undefined && { ask: (question, signal) => askLine(asking(), question, signal) }),
  }
}
