import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tellServiceManager } from '../../../src/cli/service/tellServiceManager.js'
import { temporaryDirectory } from '../../support/storeGiven.js'

describe('notifications to systemd', () => {
  let root: ReturnType<typeof temporaryDirectory>
  const heard = (): readonly string[] =>
    existsSync(join(root.path, 'heard')) ? readFileSync(join(root.path, 'heard'), 'utf8').trim().split('\n') : []
  beforeEach(() => {
    root = temporaryDirectory()
    mkdirSync(join(root.path, 'bin'))
    writeFileSync(
      join(root.path, 'bin', 'systemd-notify'),
      `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${root.path}/heard\n`,
    )
    chmodSync(join(root.path, 'bin', 'systemd-notify'), 0o755)
  })
  afterEach(() => root[Symbol.dispose]())

  const tell = (more: Readonly<Record<string, string>>, ready = Promise.resolve()) => {
    const [stop, warnings]: [AbortController, string[]] = [new AbortController(), []]
    const done = tellServiceManager({
      environment: { PATH: `${join(root.path, 'bin')}:/bin:/usr/bin`, ...more },
      ready: () => ready,
      stopping: stop.signal,
      warn: (text) => void warnings.push(text),
    })
    return { stop, done, warnings }
  }

  it('are not sent unless requested', async () => {
    const { done } = tell({})
    await done
    expect(heard()).toStrictEqual([])
  })

  it('are ready once the service is, watchdog regularly, and stopping at the end', async () => {
    let open = (): void => undefined
    const ready = new Promise<void>((resolve) => (open = resolve))
    const { stop, done, warnings } = tell({ NOTIFY_SOCKET: '/run/n', WATCHDOG_USEC: '60000' }, ready)
    await expect.poll(() => heard().filter((line) => line === '/run/n WATCHDOG=1').length).toBeGreaterThan(2)
    expect(heard()).not.toContain('/run/n READY=1')
    open()
    await expect.poll(() => heard()).toContain('/run/n READY=1')
    stop.abort()
    await done
    expect(heard()).toContain('/run/n STOPPING=1')
    expect(warnings).toStrictEqual([])
  })

  it('contain no watchdog if that is for another process, or not requested', async () => {
    const other = tell({ NOTIFY_SOCKET: '/run/n', WATCHDOG_USEC: '30000', WATCHDOG_PID: '1' })
    await expect.poll(() => heard()).toContain('/run/n READY=1')
    other.stop.abort()
    await other.done
    expect([...heard()].sort()).toStrictEqual(['/run/n READY=1', '/run/n STOPPING=1'])
  })

  it('are not sent as ready if the readings failed permanently, and a failed one is a warning', async () => {
    const { stop, done, warnings } = tell(
      { NOTIFY_SOCKET: '/run/n', PATH: '/nowhere' },
      Promise.reject(new Error('disk')),
    )
    stop.abort()
    await done
    expect(warnings).toStrictEqual([expect.stringMatching(/^systemd-notify could not be started.*STOPPING=1\.$/)])
  })
})
