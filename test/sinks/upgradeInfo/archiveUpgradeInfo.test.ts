import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { archiveUpgradeInfo } from '../../../src/sinks/upgradeInfo/archiveUpgradeInfo.js'
import { freshHome, says } from './home.js'

const ours = { name: 'v2', height: 1_000 }
const text = '{"name":"v2","height":1000,"info":{"a":1}}\n'

describe('archiveUpgradeInfo', () => {
  it('renames the file by its height, in the same directory', async () => {
    const { home, data, path, names } = freshHome()
    writeFileSync(path, text)
    const to = join(data, 'upgrade-info.1000.json')
    expect(await archiveUpgradeInfo({ home })(ours)).toStrictEqual({ result: 'archived', path, to })
    expect(names()).toStrictEqual(['upgrade-info.1000.json'])
    expect(readFileSync(to, 'utf8')).toBe(text)
    expect(await archiveUpgradeInfo({ home })(ours)).toStrictEqual({ result: 'absent', path })
  })

  it('replaces an older copy of the same plan, and nothing else', async () => {
    const { home, data, path, names } = freshHome()
    const to = join(data, 'upgrade-info.1000.json')
    writeFileSync(to, '{"name":"v2","height":1000}')
    writeFileSync(path, text)
    expect(await archiveUpgradeInfo({ home })(ours)).toMatchObject({ result: 'archived' })
    expect(readFileSync(to, 'utf8')).toBe(text)

    writeFileSync(path, text)
    writeFileSync(to, 'notes of the operator')
    expect(await archiveUpgradeInfo({ home })(ours)).toStrictEqual({
      result: 'failed',
      path,
      reason: `${path} could not be moved away: ${to} is there already and holds something else; move it away.`,
    })
    expect(names()).toStrictEqual(['upgrade-info.1000.json', 'upgrade-info.json'])
  })

  it.each(['{"name":"v3","height":2000}', '{"name":"v2","height":2000}', 'words', ''])(
    'does not move %j, which is not our plan',
    async (other) => {
      const { home, path, names } = freshHome()
      writeFileSync(path, other)
      expect(await archiveUpgradeInfo({ home })(ours)).toMatchObject({
        result: 'kept',
        reason: says('does not hold this plan any more'),
      })
      expect(readFileSync(path, 'utf8')).toBe(other)
      expect(names()).toStrictEqual(['upgrade-info.json'])
    },
  )

  it('reports a refusal of the disk', async () => {
    const { home, path } = freshHome()
    mkdirSync(path)
    expect(await archiveUpgradeInfo({ home })(ours)).toMatchObject({
      result: 'failed',
      reason: says('is not a regular file'),
    })
  })
})
