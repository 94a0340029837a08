import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { bundled } from '../../support/programs/bundled.js'
import { freshHome } from './home.js'

it.each(['archive', 'remove'])(
  'the operation to %s the file puts back a file that replaced it at the last moment',
  (deed) => {
    const { home, path, names } = freshHome()
    writeFileSync(path, '{"name":"v2","height":1000}')
    const script = bundled('test/sinks/upgradeInfo/moveWhileReplaced.ts')
    const { stdout, stderr } = spawnSync(process.execPath, [script, deed, home], { encoding: 'utf8' })

    expect(stderr).toBe('')
    expect(stdout).toBe('failed')
    expect(readFileSync(path, 'utf8')).toBe('{"name":"theirs","height":2000}')
    expect(names()).toStrictEqual(['upgrade-info.json'])
  },
)
