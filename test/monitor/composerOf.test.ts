import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { announceUpgrade } from '../../src/domain/notifications/announceUpgrade.js'
import { composerOf } from '../../src/monitor/composerOf.js'
import { block, move, steadyPace, upgrade } from '../support/builders.js'
import { minimal } from '../support/configs.js'

describe('composerOf', () => {
  it('formats times in the configured time zone and links to the configured pages', () => {
    const links = { block: 'https://scan.example/block/{height}' }
    const compose = composerOf(parseConfig({ ...minimal({ links }), notifier: { timezone: 'Asia/Seoul' } }))
    const [scheduled] = announceUpgrade(move('scheduled', upgrade('7', 'v2', 3_610)), block(10), steadyPace(10))

    const { lines, links: found } = compose(scheduled!.notification)
    expect(lines[1]).toBe('Block 3,610 comes in about 1 h, Wed 08:13 Asia/Seoul: 3,600 blocks to go.')
    expect(found).toStrictEqual([{ label: 'Block 3,610', url: 'https://scan.example/block/3610' }])
  })
})
