import { defined } from '../domain/defined.js'
import type { VersionFacts } from '../domain/readiness/judgeVersion.js'
import { runProgram } from '../programs/runProgram.js'
import { withPrivateDirectory } from './withPrivateDirectory.js'

const limitMs = 10_000

/**
 * Runs a binary with `--version`, or with `version` if it does not know that flag. Its environment is only an empty
 * home of its own, and it runs in a process group of its own, which the time limit kills.
 */
export async function runVersion(path: string, signal: AbortSignal): Promise<VersionFacts> {
  // Daemons look for their home before they read their arguments, and fail without one.
  return withPrivateDirectory(
    (home) => runIn(home, path, signal),
    (problem) => ({ path, ok: false, hindrance: 'permission', output: '', summary: `was not run: ${problem}` }),
  )
}

async function runIn(home: string, path: string, signal: AbortSignal): Promise<VersionFacts> {
  const run = (word: string): ReturnType<typeof runProgram> =>
    runProgram({ command: [path, word], timeout: limitMs, environment: { HOME: home } }, signal)
  const first = await run('--version')
  const second = first.ok || first.exitCode === undefined ? first : await run('version')
  const { ok, exitCode, hindrance, summary, output } = second.ok ? second : first
  return { path, ok, summary, output, ...defined({ exitCode, hindrance }) }
}
