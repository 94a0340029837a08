import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect } from 'vitest'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice } from './office.js'
import { start } from './program.js'
import { onProgram as it } from './onProgram.js'

beforeAll(() => buildWhereStale(), 180_000)

it('a missing file of variables is a mistake in the command line, and not one that Node.js finds first', async ({
  chain,
}) => {
  const { governor } = await chain.deploy()
  using office = openOffice({ rpc: chain.url, governor })
  const absent = join(office.path, 'absent')
  const args = ['service', 'print', '--config', office.config, '--environment-file', absent]
  expect(await start(args).ended).toMatchObject({
    code: 2,
    stderr: `--environment-file: expected a file, but there is none at ${absent}\n`,
  })
})

it('a service notifies systemd when its chains were read, while it lives, and when it stops', async ({ chain }) => {
  const { governor } = await chain.deploy()
  using office = openOffice({ rpc: chain.url, governor })
  const notify = join(office.path, 'systemd-notify')
  writeFileSync(notify, `#!/bin/sh\necho "$*" >> ${office.path}/heard\n`)
  chmodSync(notify, 0o755)
  const heard = (): readonly string[] =>
    existsSync(join(office.path, 'heard')) ? readFileSync(join(office.path, 'heard'), 'utf8').trim().split('\n') : []
  const program = start(['run', '--config', office.config], {
    env: { PATH: `${office.path}:/usr/bin:/bin`, NOTIFY_SOCKET: join(office.path, 'socket'), WATCHDOG_USEC: '300000' },
  })
  await expect.poll(() => heard()).toContain('READY=1')
  const before = heard().length
  await expect.poll(() => heard().slice(before)).toContain('WATCHDOG=1')
  program.signal('SIGTERM')
  expect(await program.ended).toMatchObject({ code: 0 })
  expect(heard()).toContain('STOPPING=1')
})
