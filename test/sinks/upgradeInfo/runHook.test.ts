import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runHook } from '../../../src/sinks/upgradeInfo/runHook.js'
import { freshHome, says } from './home.js'

const context = {
  chain: 'local',
  name: 'v2',
  height: 1_000,
  file: '/home/data/upgrade-info.json',
  searchPath: '/usr/bin:/bin',
}
const never = new AbortController().signal
const sh = (script: string, timeout = 20_000, signal = never) =>
  runHook({ command: ['sh', '-c', script], timeout }, context, signal)
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('runHook', () => {
  it('passes the command its variables, and nothing else of our environment', async () => {
    const { ok, summary, output } = await runHook({ command: ['env'], timeout: 20_000 }, context, never)
    expect({ ok, summary }).toStrictEqual({ ok: true, summary: 'ended with exit code 0' })
    expect(output.split('\n').sort()).toStrictEqual([
      'GOVSTREAM_CHAIN=local',
      'GOVSTREAM_FILE=/home/data/upgrade-info.json',
      'GOVSTREAM_HEIGHT=1000',
      'GOVSTREAM_NAME=v2',
      'PATH=/usr/bin:/bin',
    ])
  })

  it('starts the command without a shell', async () => {
    const { output } = await runHook({ command: ['printf', '%s|', '$(id)', ';', '*'], timeout: 20_000 }, context, never)
    expect(output).toBe('$(id)|;|*|')
  })

  it('reports how it failed, with both outputs', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toMatchObject({
      ok: false,
      summary: 'ended with exit code 3',
      output: 'out\nerr',
    })
    expect(await sh('kill -TERM $$')).toMatchObject({ ok: false, summary: 'was ended by SIGTERM' })
    expect(await runHook({ command: ['/no/such/program'], timeout: 1_000 }, context, never)).toMatchObject({
      ok: false,
      summary: 'could not be started: /no/such/program is not there, or the interpreter in its first line is not',
    })
    expect(await runHook({ command: ['true'], timeout: 1_000 }, { ...context, name: 'v2\0' }, never)).toMatchObject({
      ok: false,
      summary: says('could not be started: '),
    })
  })

  it('keeps the first 4,096 bytes of an endless output, and lets it end', async () => {
    const { ok, output } = await sh('head -c 5000000 /dev/zero | tr "\\0" x; echo end')
    expect(ok).toBe(true)
    expect(output).toBe('x'.repeat(4_096))
  })

  it('kills the whole group at the timeout', async () => {
    const { data } = freshHome()
    const { ok, summary } = await sh(`sleep 600 & echo $! > ${data}/pid; trap '' TERM; sleep 600`, 1_000)
    const pid = Number(readFileSync(join(data, 'pid'), 'utf8'))
    expect({ ok, summary }).toStrictEqual({ ok: false, summary: 'did not end within 1 s and was killed' })
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it('does not wait for processes that the command left running', async () => {
    const { data } = freshHome()
    expect(await sh(`sleep 600 & echo $! > ${data}/pid; echo done`)).toMatchObject({ ok: true, output: 'done' })
    const pid = Number(readFileSync(join(data, 'pid'), 'utf8'))
    expect(isAlive(pid)).toBe(true)
    process.kill(pid)
  })

  it('is killed when govstream stops, and is not started after that', async () => {
    const { data } = freshHome()
    const controller = new AbortController()
    const run = sh(`touch ${data}/begun; sleep 600`, 20_000, controller.signal)
    await expect.poll(() => existsSync(join(data, 'begun'))).toBe(true)
    controller.abort()
    expect(await run).toMatchObject({ ok: false, summary: 'was killed: govstream stops' })
    expect(await sh('true', 20_000, controller.signal)).toMatchObject({
      ok: false,
      summary: 'was not started: govstream stops',
    })
  })

  it('does not kill processes left running by a hook that ended itself, which may be the node', async () => {
    const { ok, output } = await sh('sleep 600 > /dev/null 2>&1 & echo $!')
    const pid = Number(output)
    onTestFinished(() => void process.kill(pid, 'SIGKILL'))

    expect(ok).toBe(true)
    expect(isAlive(pid)).toBe(true)
  })
})
