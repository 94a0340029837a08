import { existsSync, mkdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { withPrivateDirectory } from '../../src/preflight/withPrivateDirectory.js'
import { onPlace as it } from '../support/onPlace.js'

function temporary(home: string): void {
  vi.stubEnv('TMPDIR', home)
  onTestFinished(() => void vi.unstubAllEnvs())
}

const never = (problem: string): never => expect.unreachable(problem)

it('a private directory has mode 0700 and is removed after its use, even if that fails', async ({
  place: { home },
}) => {
  temporary(home)
  const path = await withPrivateDirectory((directory) => {
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    return Promise.resolve(directory)
  }, never)
  expect(path.startsWith(join(home, 'govstream-preflight-'))).toBe(true)
  expect(existsSync(path)).toBe(false)
  await expect(withPrivateDirectory(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no')
})

it('a private directory removes those of killed processes, and nothing else', async ({ place: { home } }) => {
  temporary(home)
  const of = (name: string, ageSeconds: number): string => {
    const path = join(home, name)
    mkdirSync(path, { recursive: true })
    const then = Date.now() / 1000 - ageSeconds
    utimesSync(path, then, then)
    return path
  }
  const long = of('govstream-preflight-long', 7_200)
  const left = of('govstream-preflight-left', 200)
  const running = of('govstream-preflight-running', 60)
  const other = of('another', 7_200)
  const are = () => [long, left, running, other].map((path) => existsSync(path))
  // A directory that was left a moment ago may still be resumed by this check.
  expect(await withPrivateDirectory(() => Promise.resolve(are()), never)).toStrictEqual([false, true, true, true])
  expect(are()).toStrictEqual([false, false, true, true])
})

it('a private directory is marked as in use as long as it is', async ({ place: { home } }) => {
  temporary(home)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  await withPrivateDirectory(async (directory) => {
    utimesSync(directory, 0, 0)
    vi.advanceTimersByTime(30_000)
    await expect.poll(() => statSync(directory).mtimeMs).toBeGreaterThan(0)
  }, never)
  expect(vi.getTimerCount()).toBe(0)
})
