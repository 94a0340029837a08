import { runCli } from '../../src/cli/runCli.js'
import type { Context, Terminal } from '../../src/cli/Terminal.js'
import type { Ended } from './cli.js'

/** A command in this process: its context, and its output so far. */
export interface CommandHere {
  readonly context: Context
  readonly said: () => Pick<Ended, 'out' | 'err'>
}

/** A terminal of so many columns that keeps its output, at five past midnight of the year 2025. */
export function commandHere(width = Infinity, ask?: Terminal['ask']): CommandHere {
  let [out, err] = ['', '']
  const terminal: Terminal = {
    out: (text) => (out += `${text}\n`),
    taken: () => Promise.resolve(),
    note: (text) => (err += `${text}\n`),
    width,
    color: false,
    noteWidth: width,
    noteColor: false,
    attended: false,
    ...(ask !== undefined && { ask }),
  }
  const now = (): number => Date.UTC(2025, 0, 1, 0, 5)
  // What is installed on this machine is no part of a test.
  const context: Context = { terminal, now, signal: new AbortController().signal, nodeHomes: [] }
  return { context, said: () => ({ out, err }) }
}

/** Runs one command line in this process, as if started in `cwd`: its output and exit code. */
export async function cliHere(
  args: readonly string[],
  cwd: string,
  width = Infinity,
  ask?: Terminal['ask'],
): Promise<Ended> {
  const before = process.cwd()
  const { context, said } = commandHere(width, ask)
  process.chdir(cwd)
  try {
    return { code: await runCli(args, context), ...said() }
  } finally {
    process.chdir(before)
  }
}
