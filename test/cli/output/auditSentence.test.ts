import { describe, expect, it } from 'vitest'
import { auditSentence } from '../../../src/cli/output/auditSentence.js'
import { shortIds } from '../../../src/cli/output/shortIds.js'
import type { Json } from '../../../src/domain/text/json.js'

const id = '12345678901234567890'
const key = `local/0xabc/${id}`
const said = (kind: string, detail: Json): string =>
  auditSentence({ seq: 1, at: 0, chain: 'local', kind, detail }, shortIds([id]))

describe('a sentence for an entry of the audit trail', () => {
  it.each<[string, Json, string]>([
    [
      'change',
      { type: 'proposalAppeared', proposal: key, title: 'A', status: 'voting', backfill: true },
      'Proposal 123456… was there at the first sync, voting: A',
    ],
    [
      'change',
      { type: 'tallyMoved', proposal: key, yes: '1000', no: '2', abstain: '0' },
      'Votes on proposal 123456…: 1,000 yes, 2 no, 0 abstain',
    ],
    [
      'change',
      { type: 'tallyMoved', proposal: key, yes: '1000', no: '2', abstain: '0', veto: '30' },
      'Votes on proposal 123456…: 1,000 yes, 2 no, 0 abstain, 30 veto',
    ],
    [
      'change',
      {
        type: 'tallyMoved',
        proposal: key,
        yes: '246912000000',
        no: '2500000',
        abstain: '0',
        unit: 'AAVE',
        decimals: 6,
      },
      'Votes on proposal 123456…: 246,912 AAVE yes, 2.5 AAVE no, 0 AAVE abstain',
    ],
    [
      'change',
      { type: 'planEdited', proposal: key, from: { name: 'v1', height: 5 }, to: { name: 'v2', height: 6 } },
      'The plan of proposal 123456… is now v2 at height 6; it was v1 at height 5',
    ],
    [
      'change',
      {
        type: 'planEdited',
        proposal: key,
        from: { name: 'v1', height: 21000000 },
        to: { name: 'v2', height: 1234567 },
      },
      'The plan of proposal 123456… is now v2 at height 1,234,567; it was v1 at height 21,000,000',
    ],
    [
      'change',
      { type: 'statusMoved', proposal: key, from: 'voting', to: 'passed', at: '21000000' },
      'Proposal 123456… went from voting to passed in block 21,000,000',
    ],
    [
      'change',
      { type: 'proposalAppeared', proposal: key, title: 'At height 21000000', status: 'voting' },
      'Proposal 123456… appeared, voting: At height 21000000',
    ],
    [
      'upgrade',
      { type: 'refused', key, name: 'v2', height: 21000000, reasons: ['It is behind block 21000001 by 1234 blocks.'] },
      'Upgrade v2 at height 21,000,000, proposal 123456…: refused, nothing is written for it. It is behind block 21,000,001 by 1,234 blocks.',
    ],
    [
      'upgrade',
      { type: 'refused', key, name: 'block 1000000', height: 2000, reasons: ['block 1000000 is behind block 3000.'] },
      'Upgrade block 1000000 at height 2,000, proposal 123456…: refused, nothing is written for it. block 1000000 is behind block 3,000.',
    ],
    ...(
      [
        [{ applied: '6' }, 'was carried out by the chain at height 6'],
        [{ withdrawn: 'It was cancelled.' }, 'no longer stands. It was cancelled.'],
        [{ unsure: 'The servers do not say.' }, 'is in doubt. The servers do not say.'],
        [{ missed: 'One node goes on without it.' }, 'was not carried out everywhere. One node goes on without it.'],
        [{}, 'stays; other details of it have changed'],
      ] as const
    ).map(([more, said]): [string, Json, string] => {
      const plan = { name: 'v2', height: 6 }
      return [
        'change',
        { type: 'planEdited', proposal: key, from: plan, to: plan, ...more },
        `The plan of proposal 123456…, v2 at height 6, ${said}`,
      ]
    }),
    [
      'change',
      { type: 'proposalRetracted', proposal: key, status: 'voting' },
      'Proposal 123456…, which was voting, is gone: a reorg removed it',
    ],
    [
      'upgrade',
      { type: 'refused', proposal: key, name: 'v2', height: 6, reasons: ['too late.'] },
      'Upgrade v2 at height 6, proposal 123456…: refused, nothing is written for it. Too late.',
    ],
    ...(
      [
        ['past', 'completed before the first poll'],
        ['pending', 'in the vote'],
        ['dropped', 'no longer in the vote'],
        ['halted', 'the last block before it is reached'],
        ['restarted', 'the node came back with the version it ran before'],
        ['unconsumed', 'no process manager acted on its file'],
        ['refused', 'refused, nothing is written for it'],
        ['unheeded', 'its plan is again the one that is carried out'],
      ] as const
    ).map(([type, words]): [string, Json, string] => [
      'upgrade',
      { type, proposal: key, name: 'v2', height: 6 },
      `Upgrade v2 at height 6, proposal 123456…: ${words}`,
    ]),
    ...(
      [
        ['pending', 'its proposal passed; it is scheduled once that is executed'],
        ['dropped', 'its proposal passed, but is no longer awaited'],
      ] as const
    ).map(([type, words]): [string, Json, string] => [
      'upgrade',
      { type, proposal: key, name: 'v2', height: 6, awaits: 'execution' },
      `Upgrade v2 at height 6, proposal 123456…: ${words}`,
    ]),
    [
      'upgrade',
      { type: 'scheduled', proposal: key, name: 'v2', height: 6, host: 'a.example:8545' },
      'Upgrade v2 at height 6, proposal 123456…: scheduled, reported by a.example:8545',
    ],
    // The operator scheduled and took back this plan; a node only had the newest block.
    [
      'upgrade',
      {
        type: 'cancelled',
        proposal: 'local/plan/v2',
        name: 'v2',
        height: 6,
        reasons: ['Taken back.'],
        host: 'a.example',
      },
      'Upgrade v2 at height 6, your own plan v2: cancelled. Taken back.',
    ],
    [
      'upgrade',
      { type: 'refused', proposal: 'local/plan/v2', name: 'v2', height: 6, host: 'a.example' },
      'Upgrade v2 at height 6, your own plan v2: refused, nothing is written for it, reported by a.example',
    ],
    [
      'upgrade',
      { type: 'refused', proposal: key, name: 'v2', height: 6, reasons: ['No checksum.'], host: 'a.example' },
      'Upgrade v2 at height 6, proposal 123456…: refused, nothing is written for it. No checksum. Reported by a.example.',
    ],
    [
      'upgrade',
      { type: 'refused', proposal: key, name: 'v2', height: 6, heldBack: true, reasons: ['Status 9.'] },
      'Upgrade v2 at height 6, proposal 123456…: held back while it is in doubt. Status 9.',
    ],
    [
      'upgrade',
      { type: 'refused', proposal: key, name: 'v2', height: 6, heldBack: false },
      'Upgrade v2 at height 6, proposal 123456…: no longer in doubt',
    ],
    [
      'upgrade',
      { type: 'unheeded', proposal: 'local/plan/v2', name: 'v2', height: 6, reasons: ['Moved.'], unheeded: 'Moved.' },
      'Upgrade v2 at height 6, your own plan v2: continues as it is, although its plan has changed. Moved.',
    ],
    [
      'write',
      { result: 'archived', key, path: '/h/upgrade-info.json', to: '/h/upgrade-info.6.json' },
      'Moved /h/upgrade-info.json of proposal 123456… to /h/upgrade-info.6.json: its upgrade is completed',
    ],
    [
      'write',
      { result: 'held', key, reason: 'The nodes disagree.' },
      'Postponed what was due for proposal 123456…: The nodes disagree.',
    ],
    [
      'write',
      { result: 'written', key, path: '/h/upgrade-info.json' },
      'Wrote /h/upgrade-info.json for proposal 123456…',
    ],
    [
      'write',
      { result: 'written', key, path: '/h/upgrade-info.json', vouchedBy: { plan: ['a:1', 'b:1'], block: ['a:1'] } },
      'Wrote /h/upgrade-info.json for proposal 123456…; confirmed by a:1, b:1 (plan), a:1 (block)',
    ],
    [
      'write',
      { result: 'removed', key, path: '/h/upgrade-info.json', advice: 'Restart it.' },
      'Removed /h/upgrade-info.json, which held the plan of proposal 123456…. Restart it.',
    ],
    [
      'write',
      { result: 'failed', key, reason: 'The disk is full.' },
      'Could not write the file for proposal 123456…: The disk is full.',
    ],
    [
      'write',
      { result: 'failed', key, reason: 'No node confirms it.', isFileless: true },
      'The upgrade of proposal 123456… is not confirmed: No node confirms it.',
    ],
    [
      'write',
      { result: 'hooked', key, run: { ok: true, summary: 'ended with exit code 0', output: 'told\nboth', ms: 18 } },
      'The command of upgradeInfo.afterWrite for proposal 123456… ended with exit code 0. It printed: told both',
    ],
    [
      'write',
      { result: 'hooked', key, run: { ok: false, summary: 'did not end within 30 s', output: '', ms: 30_000 } },
      'The command of upgradeInfo.afterWrite for proposal 123456… did not end within 30 s',
    ],
    [
      'write',
      { result: 'hooked', key },
      'The command of upgradeInfo.afterWrite for proposal 123456… no longer had to run',
    ],
    [
      'delivery',
      { handler: 'hook', id: `${key}:new_proposal:0x1`, attempt: 1, result: 'delivered' },
      'Delivered through hook: new_proposal, proposal 123456…',
    ],
    [
      'delivery',
      { handler: 'hook', id: 'local:source_down:1', attempt: 3, result: 'buried', reason: 'HTTP 404' },
      'Gave up delivering through hook at try 3: source_down; HTTP 404',
    ],
    [
      'delivery',
      {
        handler: 'hook',
        id: 'hub/upgrade/v18%40101000:upgrade_scheduled:v18%40101000',
        attempt: 1,
        result: 'delivered',
      },
      "Delivered through hook: upgrade_scheduled, the chain's own plan v18@101000",
    ],
    [
      'delivery',
      { handler: 'log', id: 'hub/channel/ops%20room:channel_down:1', attempt: 1, result: 'delivered' },
      'Delivered through log: channel_down, channel ops room',
    ],
    ['delivery', { redeliver: 'all', count: 2 }, 'Put back to be delivered: all dead letters, 2'],
    ['something new', { deed: 'done', to: ['a', 'b'] }, 'something new: deed done, to a b'],
    ['change', 'nonsense', 'change: nonsense'],
    ['constructor', { a: 1 }, 'constructor: a 1'],
    [
      'upgrade',
      { type: 'rescheduled', proposal: key, name: 'v2', height: 5, from: 4, silent: false },
      'Upgrade v2 at height 5, proposal 123456…: changed; it was at height 4',
    ],
    [
      'upgrade',
      { type: 'rescheduled', proposal: key, name: 'v2', height: 5, from: 5, silent: false },
      'Upgrade v2 at height 5, proposal 123456…: changed',
    ],
    [
      'upgrade',
      { type: 'rescheduled', proposal: key, name: 'v2', height: 5, from: 5, silent: true },
      'Upgrade v2 at height 5, proposal 123456…: waits again, its file is written again when it is due',
    ],
  ])('%s %j', (kind, detail, sentence) => {
    expect(said(kind, detail)).toBe(sentence)
  })

  it('shows a vote in the unit recorded with it, otherwise in that of its proposal', () => {
    const vote = { type: 'voteCast', proposal: key, voter: '0xa', choice: 'yes', weight: '246912000000' }
    const sentence = (detail: Json): string =>
      auditSentence({ seq: 1, at: 0, chain: 'local', kind: 'change', detail }, shortIds([id]), (of) =>
        of === key ? { unit: 'AAVE', decimals: 6 } : undefined,
      )

    expect(sentence(vote)).toBe('0xa voted yes on proposal 123456…, with 246,912 AAVE')
    expect(sentence({ ...vote, unit: 'OLD', decimals: 8 })).toBe('0xa voted yes on proposal 123456…, with 2,469 OLD')
    expect(sentence({ ...vote, proposal: 'local/0xabc/7' })).toBe('0xa voted yes on proposal 7, with 246,912,000,000')
  })

  it('is one line, whatever a chain wrote', () => {
    expect(said('notification', { priority: 'high', title: 'a\n\u001b[2Jb' })).toBe('Notified (high): a b')
  })
})
