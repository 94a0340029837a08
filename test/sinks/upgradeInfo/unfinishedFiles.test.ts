import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writeUpgradeInfo } from '../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { freshHome, says } from './home.js'
import { upgrade } from './upgrade.js'
import { head, plain } from './writeUpgradeInfoGiven.js'

describe('a file that another process is about to fill', () => {
  const held = {
    result: 'held',
    key: 'local/0xgov/1',
    reason: says('is empty or cut off: another process may be about to fill it.'),
  }

  /** A writer whose clock only moves when told to. */
  function given(text: string) {
    const place = freshHome()
    const clock = { time: Date.now() }
    const writer = writeUpgradeInfo({ home: place.home, profile: 'portable', now: () => clock.time })
    writeFileSync(place.path, text)
    return {
      ...place,
      look: (afterMs: number) => {
        clock.time += afterMs
        return writer(upgrade(), { head })
      },
    }
  }

  it('is left to that process, and judged by its final content', async () => {
    const { look, path } = given('')
    expect(await look(0)).toStrictEqual(held)
    writeFileSync(path, '{"name":"v')
    expect(await look(1_500)).toStrictEqual(held)
    writeFileSync(path, '{"name":"by-hand","height":1500}')
    expect(await look(1_500)).toMatchObject({ result: 'refused', reason: says('holds the plan "by-hand"') })
    expect(readFileSync(path, 'utf8')).toBe('{"name":"by-hand","height":1500}')
  })

  it.each([
    ['', 'written'],
    ['{"name":"v', 'refused'],
  ])('is judged after two unchanged seconds with %j', async (text, result) => {
    const { look, path } = given(text)
    expect(await look(0)).toStrictEqual(held)
    expect(await look(1_000)).toStrictEqual(held)
    expect(await look(1_000)).toMatchObject({ result })
    expect(readFileSync(path, 'utf8')).toBe(result === 'written' ? plain : text)
  })

  it('is awaited for at most half a minute, however often it is touched', async () => {
    const { look, path } = given('')
    for (let touch = 0; touch < 30; touch += 1) {
      expect(await look(touch === 0 ? 0 : 1_000)).toStrictEqual(held)
      utimesSync(path, new Date(), new Date(Date.now() + touch))
    }
    expect(await look(1_000)).toMatchObject({ result: 'written' })
  })

  it('is not awaited if it is old', async () => {
    const { look } = given('')
    expect(await look(61_000)).toMatchObject({ result: 'written' })
  })
})
