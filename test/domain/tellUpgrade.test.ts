import { describe, expect, it } from 'vitest'
import type { NotificationEvent, Priority } from '../../src/domain/notification.js'
import { tellUpgrade } from '../../src/domain/tellUpgrade.js'
import type { UpgradeMove } from '../../src/domain/upgrade.js'
import { block, contract, genesis, move, steadyPace, upgrade } from '../support/builders.js'

const v2 = upgrade('1', 'v2', 100)
const said = (one: UpgradeMove, head = 90) => tellUpgrade(one, block(head), steadyPace(head))[0]!.notification
const idOf = (one: UpgradeMove): string => said(one).id.replace(`local/${contract}/`, '')

describe('tellUpgrade', () => {
  it.each<[UpgradeMove, NotificationEvent, Priority, string]>([
    [move('scheduled', v2), 'upgrade_scheduled', 'high', 'Upgrade v2 scheduled for height 100'],
    [move('refused', { ...v2, status: 'refused', reasons: ['No.'] }), 'upgrade_refused', 'critical', 'Upgrade v2 at height 100 refused'],
    [move('rescheduled', v2, { before: { ...v2, height: 80 } }), 'upgrade_rescheduled', 'critical', 'Upgrade v2 moved from height 80 to 100'],
    [move('rescheduled', v2, { before: { ...v2, name: 'v1' } }), 'upgrade_rescheduled', 'critical', 'Upgrade v2 changed, still at height 100'],
    [move('imminent', v2, { reminder: '24h' }), 'upgrade_imminent', 'high', 'Upgrade v2 is near: height 100'],
    [move('triggered', { ...v2, status: 'in_progress', writtenAt: 1n }), 'upgrade_triggered', 'critical', 'Upgrade v2 triggered at height 100'],
    [move('completed', { ...v2, status: 'completed' }), 'upgrade_completed', 'high', 'Upgrade v2 completed'],
    [move('failed', { ...v2, status: 'failed', reasons: ['Stalled.'] }), 'upgrade_failed', 'critical', 'Upgrade v2 failed'],
    [move('failed', { ...v2, reasons: ['Disk full.'] }), 'upgrade_failed', 'critical', 'upgrade-info.json for v2 cannot be written'],
    [move('cancelled', { ...v2, status: 'cancelled', reasons: ['Off.'] }), 'upgrade_cancelled', 'high', 'Upgrade v2 cancelled'],
  ])('tells it: %#', (one, event, priority, title) => {
    expect(said(one)).toMatchObject({ event, priority, title, chain: 'local', read: false, timestamp: new Date(Number(genesis + 10n) * 1000).toISOString() })
    for (const reason of one.upgrade.reasons) expect(said(one).message).toContain(reason)
  })

  it('says nothing of what is silent', () => {
    expect(tellUpgrade(move('refused', v2, { silent: true }))).toStrictEqual([])
  })

  it('counts down where the pace is known', () => {
    expect(said(move('scheduled', v2)).message).toBe(
      `local: the proposal passed; the node switches to v2 at height 100. Have the binary in place.\n10 blocks to go, about 10 s (2023-11-14T22:15:00.000Z).\nProposal 1 of ${contract}.`,
    )
    expect(tellUpgrade(move('scheduled', v2), block(99))[0]?.notification.message).toMatch(/\n1 block to go\.\n/)
    expect(said(move('scheduled', v2), 100).message).not.toContain('to go')
  })

  it('says whether there is a file', () => {
    const triggered = { ...v2, status: 'in_progress' as const }
    expect(said(move('triggered', triggered)).message).toContain('No file is written here by configuration.')
    expect(said(move('triggered', { ...triggered, writtenAt: 1n })).message).toContain('upgrade-info.json carries v2')
  })

  it('gives machines the plan', () => {
    expect(said(move('scheduled', { ...v2, info: { a: 1 } })).data).toStrictEqual({
      key: `local/${contract}/1`, contract, proposalId: '1', name: 'v2', height: 100, status: 'scheduled', origin: 'fenced-block', reasons: [], info: { a: 1 },
      block: '90', blocksLeft: '10', eta: '2023-11-14T22:15:00.000Z', scheduledAt: '2023-11-14T22:13:20.000Z', triggeredAt: null,
    })
    expect(said(move('rescheduled', v2, { before: { ...v2, height: 80 } })).data).toMatchObject({ before: { name: 'v2', height: 80 } })
    expect(said(move('imminent', v2, { reminder: '24h' })).data).toMatchObject({ reminder: '24h' })
  })

  it('gives each fact its own id, and one fact always the same', () => {
    expect(idOf(move('scheduled', v2))).toBe('1:upgrade_scheduled:v2%40100')
    const facts = [
      move('scheduled', v2), move('scheduled', { ...v2, round: 2 }), move('scheduled', { ...v2, height: 101 }), move('refused', v2),
      move('imminent', v2, { reminder: '24h' }), move('imminent', v2, { reminder: '1h' }),
      move('failed', v2), move('failed', { ...v2, status: 'failed' }), move('failed', { ...v2, status: 'failed' }, { before: v2 }),
    ]
    expect(new Set(facts.map(idOf)).size).toBe(facts.length)
    expect(facts.map((one) => idOf({ ...one, time: 99n }))).toStrictEqual(facts.map(idOf))
  })

  it('cleans a name that was never meant to be read', () => {
    const hostile = said(move('refused', { ...v2, name: 'v2\u202e\u001b[31m\n', status: 'refused' }))
    expect(JSON.stringify([hostile.title, hostile.message, hostile.data])).not.toMatch(/\\u202e|\u202e|\\u001b/)
    expect(said(move('refused', { ...v2, name: '\u200b' })).title).toBe('Upgrade an unnamed plan at height 100 refused')
  })
})
