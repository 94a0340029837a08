/** The action of a key. */
export type Key =
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'nextList'
  | 'previousList'
  | 'help'
  | 'quit'

const meanings: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['\u001b[A', 'up'],
  ['\u001bOA', 'up'],
  ['k', 'up'],
  ['\u001b[B', 'down'],
  ['\u001bOB', 'down'],
  ['j', 'down'],
  ['\u001b[5~', 'pageUp'],
  ['b', 'pageUp'],
  ['\u001b[6~', 'pageDown'],
  [' ', 'pageDown'],
  ['\u001b[H', 'first'],
  ['\u001bOH', 'first'],
  ['\u001b[1~', 'first'],
  ['g', 'first'],
  ['\u001b[F', 'last'],
  ['\u001bOF', 'last'],
  ['\u001b[4~', 'last'],
  ['G', 'last'],
  ['\r', 'open'],
  ['\n', 'open'],
  ['\u001b[C', 'open'],
  ['\u001bOC', 'open'],
  ['\u001b', 'back'],
  ['\u007f', 'back'],
  ['\b', 'back'],
  ['\u001b[D', 'back'],
  ['\u001bOD', 'back'],
  ['\t', 'nextList'],
  ['\u001b[Z', 'previousList'],
  ['?', 'help'],
  ['h', 'help'],
  ['q', 'quit'],
  ['Q', 'quit'],
  // In raw mode the terminal does not turn these into signals.
  ['\u0003', 'quit'],
  ['\u0004', 'quit'],
])

const sequences = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O[@-~])?|[^\u001b]/gu

/** Returns the keys in one chunk of terminal input; unknown sequences are ignored. */
export function keysIn(input: string): readonly Key[] {
  return (input.match(sequences) ?? []).flatMap((sequence) => meanings.get(sequence) ?? [])
}
