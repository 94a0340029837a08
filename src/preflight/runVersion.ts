import type { VersionFacts } from '../domain/readiness/judgeVersion.js'
import { runProgram } from '../programs/runProgram.js'

const limitMs = 10_000

/**
 * Runs a binary with `--version`, or with `version` where it does not know that: with nothing of our environment, in a
 * process group of its own that the limit kills.
 */
export async function runVersion(path: string, signal: AbortSignal): Promise<VersionFacts> {
  const run = (word: string): ReturnType<typeof runProgram> =>
    runProgram({ command: [path, word], timeout: limitMs, environment: {} }, signal)
  const first = await run('--version')
  const second = first.ok || first.exitCode === undefined ? first : await run('version')
  const { ok, exitCode, summary, output } = second.ok ? second : first
  return { path, ok, summary, output, ...(exitCode !== undefined && { exitCode }) }
}
