import { runCli } from '../../src/cli/runCli.js'
import type { Ended } from './cli.js'

/** Runs one command line in this process, as if it had been started in `cwd`: what it says, and its exit code. */
export async function cliHere(args: readonly string[], cwd: string, width = Infinity): Promise<Ended> {
  const before = process.cwd()
  let out = ''
  let err = ''
  process.chdir(cwd)
  try {
    const code = await runCli(args, {
      terminal: {
        out: (text) => (out += `${text}\n`),
        taken: () => Promise.resolve(),
        note: (text) => (err += `${text}\n`),
        draw: (text) => (err += text),
        width,
        color: false,
        noteWidth: width,
        noteColor: false,
        attended: false,
      },
      now: () => Date.UTC(2025, 0, 1, 0, 5),
      signal: new AbortController().signal,
    })
    return { code, out, err }
  } finally {
    process.chdir(before)
  }
}
