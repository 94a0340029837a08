import { copyFileSync, existsSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeUpgradeInfo } from '../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { freshHome } from './home.js'
import { upgrade } from './upgrade.js'

const corpus = join('..', 'shared', 'corpus', 'upgrade-info', 'files')
const found = existsSync(corpus)

/** Files found in the wild, each with its height and name if it is a plan. */
const files = [
  ['01.json', 494_400, 'providers-v1.0.16.1'],
  ['02.json', 1_283_200, 'v1.0.0'],
  ['03.json'],
  ['04.json'],
  ['05.json'],
  ['06.json', 999, 'v999'],
  ['07.json'],
] as const

describe('upgrade-info.json files found in the wild', () => {
  if (!found) console.info(`corpus not found: ${files.length} cases skipped`)

  it('are kept, except plans whose height has passed', async () => {
    for (const [name, height, planName] of found ? files : []) {
      const { home, path } = freshHome()
      copyFileSync(join(corpus, name), path)
      const before = readFileSync(path, 'utf8')
      const write = writeUpgradeInfo({ home, profile: 'wemixvisor' })
      utimesSync(path, 1, 1)
      const ours = upgrade({ height: 2_000_000 })

      expect(await write(ours, { head: BigInt(height ?? 2_000_000) }), name).toMatchObject({ result: 'refused' })
      expect(readFileSync(path, 'utf8'), name).toBe(before)
      if (height === undefined) continue
      // These are files of a cosmovisor.
      const same = writeUpgradeInfo({ home, profile: 'cosmovisor' })
      expect(await same(upgrade({ name: planName, height }), { head: 1n }), name).toMatchObject({
        result: 'unchanged',
      })
      expect(await write(ours, { head: BigInt(height + 1) }), name).toMatchObject({ result: 'written' })
    }
    expect(files).toHaveLength(7)
  })
})
