import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const lock = join(root, 'node_modules', '.govstream-build')
const longestBuildMs = 120_000
const pauseMs = 200

/** Builds `dist` if a source, or the bundler script, is newer; parallel test files take turns. */
export async function buildWhereStale(): Promise<void> {
  for (let waitedMs = 0; !take(); waitedMs += pauseMs) {
    // A process that was killed during a build does not release its lock.
    if (waitedMs > longestBuildMs) rmSync(lock, { recursive: true, force: true })
    await wait(pauseMs)
  }
  try {
    if (isStale()) execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'pipe' })
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function isStale(): boolean {
  const built = join(root, 'dist', 'cli', 'main.js')
  if (!existsSync(built)) return true
  const { mtimeMs } = statSync(built)
  const isNewer = (path: string): boolean => statSync(path).mtimeMs > mtimeMs
  if (isNewer(join(root, 'scripts', 'bundleCli.mjs')) || isNewer(join(root, 'scripts', 'buildPage.mjs'))) return true
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).some(
    (entry) => entry.isFile() && isNewer(join(entry.parentPath, entry.name)),
  )
}

function take(): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    return false
  }
}
