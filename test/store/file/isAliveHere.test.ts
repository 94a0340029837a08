import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isAliveHere } from '../../../src/store/file/isAliveHere.js'

describe('a process of this host', () => {
  it('is alive, or is not', async () => {
    const child = spawn('true')
    const { pid = 0 } = child
    await once(child, 'exit')

    expect([isAliveHere(process.pid), isAliveHere(1), isAliveHere(pid)]).toStrictEqual([true, true, false])
  })

  it('is not alive once it has ended, even if its parent does not wait for it', async ({ onTestFinished }) => {
    // The shell becomes a program that waits for no child, and only then the child ends.
    const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 >&2 & echo $!; exec sleep 60'])
    onTestFinished(() => {
      parent.kill('SIGKILL')
    })
    const pid = Number(String(await once(parent.stdout, 'data')))
    await readsAs(`/proc/${parent.pid}/comm`, /sleep/)
    expect(isAliveHere(pid)).toBe(true)
    parent.stdin.end()
    await readsAs(`/proc/${pid}/stat`, /\) Z /)

    expect(isAliveHere(pid)).toBe(false)
  })
})

async function readsAs(path: string, pattern: RegExp): Promise<void> {
  await expect.poll(() => readFileSync(path, 'utf8')).toMatch(pattern)
}
