import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inspectHome } from '../../../src/sinks/upgradeInfo/inspectHome.js'

let home: string
let path: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'govstream-home-'))
  path = join(home, 'data', 'upgrade-info.json')
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe('inspectHome', () => {
  it('finds a home that can be written, and makes nothing in it', async () => {
    expect(await inspectHome(home)).toStrictEqual({ summary: `${path} can be written` })
    expect(await readdir(home)).toStrictEqual([])
  })

  it('tells the plan that is there', async () => {
    await mkdir(join(home, 'data'))
    await writeFile(path, '{"name":"v1","height":7}')
    expect(await inspectHome(home)).toStrictEqual({ summary: `${path} holds v1 at height 7` })
  })

  it('tells what would stand in the way', async () => {
    expect((await inspectHome(join(home, 'typo'))).problem).toMatch(/typo does not exist; check upgradeInfo\.home\.$/)
    await writeFile(join(home, 'data'), 'a file')
    expect((await inspectHome(home)).problem).toMatch(/data is not a directory; check upgradeInfo\.home\.$/)
    await rm(join(home, 'data'))
    await mkdir(join(home, 'data'))
    await writeFile(path, 'a sentence')
    expect((await inspectHome(home)).problem).toMatch(/is not JSON: it is not ours to replace\. Move it away\.$/)
  })
})
