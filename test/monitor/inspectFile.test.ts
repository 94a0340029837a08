import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectFile } from '../../src/monitor/inspectFile.js'
import { freshHome } from '../sinks/upgradeInfo/home.js'

const chain = { profile: 'wemixvisor', when: 'at-height', afterCompletion: 'archive' } as const
const after = (program: string) => ({ afterWrite: { command: [program, 'unit'], timeout: 1_000 } })

describe('inspectFile', () => {
  it('checks that the afterWrite command can be run', async () => {
    const { home, path } = freshHome()
    const script = join(home, 'after-write.sh')
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o644 })
    const problem = (program: string): string =>
      `The command of upgradeInfo.afterWrite, ${program}, is not there or may not be run: give its full path and make it executable.`

    expect(await inspectFile({ ...chain, home, ...after('sh') }, Date.now())).toStrictEqual({
      summary: `${path} can be written`,
    })
    expect(await inspectFile({ ...chain, home, ...after('/bin/sh') }, Date.now())).toStrictEqual({
      summary: `${path} can be written`,
    })
    for (const program of [script, 'no-such-program-anywhere']) {
      expect(await inspectFile({ ...chain, home, ...after(program) }, Date.now())).toMatchObject({
        problem: problem(program),
      })
    }
  })

  it('reports a problem of the file before one of the command, and nothing if no file is written', async () => {
    const { home, path } = freshHome()
    mkdirSync(path)
    expect((await inspectFile({ ...chain, home, ...after('/nowhere') }, Date.now()))?.problem).toContain(
      'is not a regular file',
    )
    expect(await inspectFile({ ...chain, home, when: 'never' }, Date.now())).toBeUndefined()
    expect(await inspectFile(chain, Date.now())).toBeUndefined()
  })
})
