import { describe, expect, it } from 'vitest'
import { type NotificationEvent, type Priority, subjectOf } from '../../../src/domain/notifications/notification.js'
import { announceUpgrade } from '../../../src/domain/notifications/announceUpgrade.js'
import type { SwitchEvidence } from '../../../src/domain/upgrades/switchEvidence.js'
import type { UpgradeMove } from '../../../src/domain/upgrades/upgradeMove.js'
import { block, contract, genesis, move, steadyPace, upgrade } from '../../support/builders.js'

const v2 = upgrade('1', 'v2', 100)
const said = (one: UpgradeMove, head = 90) => announceUpgrade(one, block(head), steadyPace(head))[0]!.notification
const idOf = (one: UpgradeMove): string => said(one).id.replace(`local/${contract}/`, '')

describe('announceUpgrade', () => {
  it.each<[string, NotificationEvent, Priority, UpgradeMove]>([
    ['Upgrade v2 scheduled for height 100', 'upgrade_scheduled', 'high', move('scheduled', v2)],
    [
      'Upgrade v2 at height 100 refused',
      'upgrade_refused',
      'critical',
      move('refused', { ...v2, status: 'refused', reasons: ['No.'] }),
    ],
    [
      'Upgrade v2 moved from height 80 to 100',
      'upgrade_rescheduled',
      'critical',
      move('rescheduled', v2, { before: { ...v2, height: 80 } }),
    ],
    [
      'Upgrade v2 changed, still at height 100',
      'upgrade_rescheduled',
      'critical',
      move('rescheduled', v2, { before: { ...v2, name: 'v1' } }),
    ],
    ['Upgrade v2 is near: height 100', 'upgrade_imminent', 'high', move('imminent', v2, { reminder: '24h' })],
    [
      'Upgrade v2 triggered at height 100',
      'upgrade_triggered',
      'critical',
      move('triggered', { ...v2, status: 'in_progress', writtenAt: 1n }),
    ],
    ['Upgrade v2 completed', 'upgrade_completed', 'high', move('completed', { ...v2, status: 'completed' })],
    [
      'Upgrade v2 failed',
      'upgrade_failed',
      'critical',
      move('failed', { ...v2, status: 'failed', reasons: ['Stalled.'] }),
    ],
    [
      'upgrade-info.json for v2 cannot be written',
      'upgrade_failed',
      'critical',
      move('failed', { ...v2, reasons: ['Disk full.'] }),
    ],
    [
      'The node did not get past upgrade v2 at height 100',
      'upgrade_failed',
      'critical',
      move('failed', { ...v2, held: true, reasons: ['No new block.'] }, { isStuck: true }),
    ],
    [
      'Upgrade v2 cancelled',
      'upgrade_cancelled',
      'high',
      move('cancelled', { ...v2, status: 'cancelled', reasons: ['Off.'] }),
    ],
    [
      'The halt height of v2 is reached: block 99',
      'upgrade_halt_reached',
      'critical',
      move('halted', { ...v2, held: true }),
    ],
    [
      'The node restarted with its old version at upgrade v2',
      'upgrade_restarted',
      'high',
      move('restarted', { ...v2, status: 'in_progress' }),
    ],
    [
      'The node did not switch to v2 at height 100',
      'file_not_consumed',
      'critical',
      move('unconsumed', { ...v2, status: 'in_progress' }, { unconsumed: { version: 'v1', reason: 'x.', todo: 'y.' } }),
    ],
    [
      'upgrade-info.json for v2 is not written',
      'upgrade_refused',
      'critical',
      move('refused', { ...v2, held: true, unwritten: true, reasons: ['No checksum.'] }),
    ],
    [
      'upgrade-info.json for v2 is not written',
      'upgrade_refused',
      'critical',
      move('refused', { ...v2, status: 'refused', blocked: true, reasons: ['It holds v3.'] }),
    ],
  ])('announces "%s" as %s with priority %s', (title, event, priority, one) => {
    expect(said(one)).toMatchObject({
      event,
      priority,
      title,
      chain: 'local',
      read: false,
      timestamp: new Date(Number(genesis + 10n) * 1000).toISOString(),
    })
    for (const reason of one.upgrade.reasons) expect(said(one).message).toContain(reason)
  })

  it('does not blame the proposal if a foreign file blocks the write', () => {
    const { message, data } = said(
      move('refused', { ...v2, status: 'refused', blocked: true, reasons: ['It holds v3.'] }),
    )
    expect(message).toMatch(
      /^local: v2 is due at height 100, but there is already another upgrade-info\.json, which govstream does not overwrite\. Find out who wrote that file\. If you move it away, the next poll writes the new one; if the node must not switch, leave it\.\nIt holds v3\.\n/,
    )
    expect(data).toMatchObject({ why: 'file_in_the_way' })
  })

  it('announces nothing for a silent move', () => {
    expect(announceUpgrade(move('refused', v2, { silent: true }))).toStrictEqual([])
  })

  it('counts down in time if the pace is known, else in blocks', () => {
    expect(said(move('scheduled', v2, { time: genesis + 90n })).message).toBe(
      `local: the proposal passed; the node switches to v2 at height 100. Stage the binary before then.\nBlock 100 comes in about 10 s, Tue 22:15 UTC: 10 blocks to go.\nProposal 1 of ${contract}.`,
    )
    expect(announceUpgrade(move('scheduled', v2), block(99))[0]?.notification.message).toMatch(
      /\nBlock 100 is ahead: 1 block to go\.\n/,
    )
    expect(said(move('scheduled', v2), 100).message).not.toContain('to go')
  })

  it('says whether there is a file', () => {
    const triggered = { ...v2, status: 'in_progress' as const }
    expect(said(move('triggered', triggered)).message).toContain('No file is written here by configuration.')
    expect(said(move('triggered', { ...triggered, writtenAt: 1n })).message).toContain(
      'upgrade-info.json is written for v2',
    )
    const held = said(move('triggered', { ...triggered, held: true })).message
    expect(held).toContain('block 100. The nodes of this chain switch by themselves. Check')
  })

  it('says of a completed upgrade only what the evidence shows', () => {
    const done = { ...v2, status: 'completed' as const }
    const [oldVersion, newVersion] = ['geth/1', 'geth/2']
    const by = (evidence: SwitchEvidence) =>
      said(move('completed', done, { seen: { evidence, oldVersion, newVersion } }))
    expect(by('version_changed').message).toContain(
      'v2 is complete: the node now runs geth/2 (before: geth/1), and the chain is past height 100.',
    )
    expect(by('chain_applied').message).toContain('v2 is complete: the chain reports that it applied the plan.')
    expect(by('blocks_past_height').message).toContain(
      'v2 counts as complete: the chain is past height 100. The node ran geth/2 before that block already, and geth/1 earlier.',
    )
    const nothing = { evidence: 'blocks_past_height', newVersion } as const
    expect(said(move('completed', done, { seen: nothing })).message).toContain(
      'v2 counts as complete: the chain is past height 100. No other version of the node was seen.',
    )
    expect(by('same_version_after_outage').message).toContain('It still reports the version geth/2.')
    expect(by('version_changed').data).toMatchObject({ oldVersion, newVersion, evidence: 'version_changed' })
  })

  it('names the versions before and after a restart, and the evidence', () => {
    const seen = { evidence: 'same_version_after_outage', oldVersion: 'geth/1', newVersion: 'geth/1' } as const
    const restarted = said(move('restarted', { ...v2, status: 'in_progress' }, { seen }))
    expect(restarted.message).toContain('runs geth/1 again, so it restarted but did not switch.')
    expect(restarted.data).toMatchObject(seen)
  })

  it('does not mention the file if none was written', () => {
    const lost = { ...v2, status: 'failed' as const, withdrawn: true as const }
    expect(said(move('failed', lost, { before: v2 })).message).toContain(
      'the proposal of v2 disappeared after its height was reached. Check',
    )
    expect(said(move('failed', { ...lost, writtenAt: 1n }, { before: v2 })).message).toContain(
      'after its height was reached and its file was written. Check',
    )
    expect(said(move('triggered', { ...v2, status: 'in_progress', unwritten: true, held: true })).message).toContain(
      'the height of v2 is reached: block 100. No file is written for it by govstream. The nodes of this chain switch by themselves.',
    )
  })

  it('marks the operator’s own plan, and says who added it', () => {
    const own = { ...v2, key: 'local/plan/v2', kind: 'coordinated' as const, contract: '', proposalId: '' }
    const scheduled = said(move('scheduled', { ...own, addedBy: 'ops@box' }))
    expect(scheduled.title).toBe('Upgrade v2 (your own plan) scheduled for height 100')
    expect(scheduled.message.split('\n')).toStrictEqual([
      'local: it is your own plan; the node switches to v2 at height 100. Stage the binary before then.',
      expect.stringContaining('10 blocks to go'),
      'Your own plan, added by ops@box: no vote decided it.',
    ])
    expect(scheduled.data).toMatchObject({ key: 'local/plan/v2', kind: 'coordinated', proposalId: null })
    expect(subjectOf(scheduled)).toBe('local/plan/v2')
    const refused = said(move('refused', { ...own, status: 'refused', reasons: ['Proposal 12 has it.'] }))
    expect(refused.message).toContain(
      'local: your own plan asks for an upgrade that govstream does not act on. govstream writes no file for it. Remove the plan (govstream plan remove, or its entry in plans) or correct it',
    )
    expect(refused.message).toContain('Your own plan, from the configuration: no vote decided it.')
  })

  it('announces many refusals as one, with their number', () => {
    const refused = said(move('refused', { ...v2, status: 'refused', reasons: ['No room.'] }, { more: 11_899 }))
    expect(refused.message).toContain('The same holds for 11899 more')
    expect(refused.data).toMatchObject({ more: 11_899 })
  })

  it.each(['pending', 'past', 'dropped'] as const)('announces nothing for one that is %s', (type) => {
    expect(announceUpgrade(move(type, v2))).toStrictEqual([])
  })

  it('includes the plan in the data', () => {
    expect(said(move('scheduled', { ...v2, info: { a: 1 } })).data).toStrictEqual({
      key: `local/${contract}/1`,
      kind: 'governance',
      follows: null,
      addedBy: null,
      contract,
      proposalId: '1',
      name: 'v2',
      height: 100,
      time: null,
      status: 'scheduled',
      origin: 'fenced-block',
      reasons: [],
      why: null,
      file: 'none',
      isHeld: false,
      info: { a: 1 },
      block: '90',
      blocksLeft: '10',
      eta: '2023-11-14T22:15:00.000Z',
      scheduledAt: '2023-11-14T22:13:20.000Z',
      triggeredAt: null,
    })
    expect(said(move('rescheduled', v2, { before: { ...v2, height: 80 } })).data).toMatchObject({
      before: { name: 'v2', height: 80 },
    })
    expect(said(move('imminent', v2, { reminder: '24h' })).data).toMatchObject({ reminder: '24h' })
  })

  it('gives each fact its own id, and the same fact always the same id', () => {
    expect(idOf(move('scheduled', v2))).toBe('1:upgrade_scheduled:v2%40100')
    const facts = [
      move('scheduled', v2),
      move('scheduled', { ...v2, revision: 2 }),
      move('scheduled', { ...v2, height: 101 }),
      move('refused', v2),
      move('imminent', v2, { reminder: '24h' }),
      move('imminent', v2, { reminder: '1h' }),
      move('failed', v2),
      move('failed', { ...v2, status: 'failed' }),
      move('failed', { ...v2, status: 'failed' }, { before: v2 }),
    ]
    expect(new Set(facts.map(idOf)).size).toBe(facts.length)
    expect(facts.map((one) => idOf({ ...one, time: 99n }))).toStrictEqual(facts.map(idOf))
  })

  it('cleans a hostile name', () => {
    const hostile = said(move('refused', { ...v2, name: 'v2\u202e\u001b[31m\n', status: 'refused' }))
    expect(JSON.stringify([hostile.title, hostile.message, hostile.data])).not.toMatch(/\\u202e|\u202e|\\u001b/)
    expect(said(move('refused', { ...v2, name: '\u200b', status: 'refused' })).title).toBe(
      'Upgrade an unnamed plan at height 100 refused',
    )
  })

  it('gives the refusal to write a file another id than the refusal of its plan', () => {
    const reasons = ['No checksum.']
    expect([
      idOf(move('refused', { ...v2, status: 'refused', reasons })),
      idOf(move('refused', { ...v2, held: true, unwritten: true, reasons })),
    ]).toStrictEqual(['1:upgrade_refused:v2%40100', '1:upgrade_refused:v2%40100.write'])
  })
})
