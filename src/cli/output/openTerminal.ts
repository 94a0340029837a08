import { isatty } from 'node:tty'
import { type Environment, readEnvironment } from '../../config/environment.js'
import { reasonOf } from '../../domain/errors.js'
import { exitCodes } from '../exitCodes.js'
import { askLine, type Asking } from './askLine.js'
import type { Screen, Terminal } from '../Terminal.js'
import { openScreen } from './openScreen.js'

const leastWidth = 40

/** The parts of an output stream that are used. */
interface Output {
  readonly isTTY: boolean
  readonly columns: number
  write(text: string, done?: () => void): unknown
  on(event: 'error', listen: (error: NodeJS.ErrnoException) => void): unknown
}

interface Outputs {
  readonly stdout: Output
  readonly stderr: Output
  /** The streams for questions; absent if nobody can be asked. */
  readonly asking?: () => Asking
  /** Takes over the whole terminal; absent if there is none. */
  readonly screen?: () => Screen
}

/** Standard input is not read before a question is asked. */
const ofThisProcess: Outputs = {
  stdout: process.stdout,
  stderr: process.stderr,
  ...(isatty(0) &&
    isatty(1) && { screen: () => openScreen({ input: process.stdin, output: process.stdout, process }) }),
  ...(isatty(0) && isatty(2) && { asking: () => ({ input: process.stdin, output: process.stderr, job: process }) }),
}

/**
 * Opens the terminal of this process. Colours are used if the output is a terminal that supports them. FORCE_COLOR
 * enables them elsewhere, and NO_COLOR disables them everywhere.
 */
export function openTerminal(
  { stdout, stderr, asking, screen }: Outputs = ofThisProcess,
  environment: Environment = readEnvironment(),
): Terminal {
  stdout.on('error', (error) => {
    // In `govstream proposals | head` a reader that closes the pipe is no failure.
    if (error.code === 'EPIPE') process.exit(exitCodes.done)
    // The terminal was closed; the SIGHUP that comes with it stops the process in good order.
    if (error.code === 'EIO') return
    stderr.write(`govstream: the output cannot be written: ${reasonOf(error)}\n`)
    process.exit(exitCodes.failed)
  })
  // A log that cannot be written, for example because its disk is full, must not stop the process.
  stderr.on('error', () => undefined)
  const isSet = (name: string): boolean => (environment[name] ?? '') !== ''
  const isForced = isSet('FORCE_COLOR') && environment['FORCE_COLOR'] !== '0'
  const isPlain = isSet('NO_COLOR') || environment['FORCE_COLOR'] === '0'
  const isDumb = environment['TERM'] === 'dumb'
  const colorOf = ({ isTTY }: Output): boolean => !isPlain && (isForced || (isTTY && !isDumb))
  const widthOf = ({ isTTY, columns }: Output): number => (isTTY ? Math.max(leastWidth, columns) : Infinity)
  return {
    out: (text) => void stdout.write(`${text}\n`),
    // One turn of the event loop is needed to notice a closed pipe and to free memory.
    taken: () => new Promise((taken) => void stdout.write('', () => setImmediate(taken))),
    note: (text) => void stderr.write(`${text}\n`),
    attended: stderr.isTTY,
    width: widthOf(stdout),
    color: colorOf(stdout),
    // A getter, because a window may be resized.
    get noteWidth() {
      return widthOf(stderr)
    },
    noteColor: colorOf(stderr),
    ...(stderr.isTTY && !isDumb && { draw: (text: string) => void stderr.write(text) }),
    ...(screen !== undefined && !isDumb && { openScreen: screen }),
    ...(asking !== undefined && { ask: (question, signal) => askLine(asking(), question, signal) }),
  }
}
