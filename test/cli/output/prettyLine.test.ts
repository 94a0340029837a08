import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { displayWidth } from '../../../src/cli/output/displayWidth.js'
import { prettyLine } from '../../../src/cli/output/prettyLine.js'
import type { JsonObject } from '../../../src/domain/text/json.js'

let zone: string | undefined
beforeAll(() => {
  zone = process.env['TZ']
  process.env['TZ'] = 'UTC'
})
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

const line = (fields: JsonObject, width = 80): readonly string[] =>
  prettyLine({ level: 30, time: '2026-11-26T10:00:00.000Z', ...fields }, { width, color: false }).split('\n')

const id = '39473730484848484848484848484848484848484848484848484848484848484848484848484'
const proposal = {
  type: 'text',
  proposalId: id,
  proposer: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  status: 'voting',
  clock: 'timestamp',
  votingEnd: '1795860000',
  votingStartsAt: null,
  votingEndsAt: '2026-11-26T12:00:00.000Z',
  votingEndsAtEstimated: false,
  plan: null,
  system: 'governor',
  tally: {
    yes: '300',
    no: '100',
    abstain: '0',
    veto: null,
    unit: 'AAVE',
    decimals: 0,
    quorumMissing: '50',
    quorumReached: false,
  },
}
const told = (event: string, data: JsonObject, more: JsonObject = {}): JsonObject => ({
  event,
  priority: 'medium',
  chain: 'local',
  msg: 'A title',
  message: 'local: Something.',
  data,
  ...more,
})

describe('a log line about an event', () => {
  it('has the time, event, priority, chain and title; the details are indented below', () => {
    expect(line(told('voting_started', proposal))).toStrictEqual([
      '10:00:00Z  voting_started        medium    local  A title',
      '           vote ends in 2 h, 12:00:00Z; 75 % for, 25 % against, 50 AAVE missing',
      '           for the quorum',
    ])
  })

  it('shortens the id of a new proposal, and shows its plan', () => {
    expect(
      line(
        told('new_proposal', {
          ...proposal,
          status: 'submitted',
          votingStartsAt: '2026-11-26T10:05:00.000Z',
          plan: { name: 'v2', height: 300 },
        }),
        120,
      ).slice(1),
    ).toStrictEqual([
      '           vote starts in 5 min, ends in 2 h, 12:00:00Z',
      '           text proposal 39473730… by 0x3C44Cd…93BC, asks for v2 at height 300',
    ])
  })

  it('shows the block if the time is unknown, and the date if it is another day', () => {
    expect(
      line(
        told('voting_started', { ...proposal, clock: 'block', votingEnd: '77', votingEndsAt: null, tally: null }),
      )[1],
    ).toBe('           vote ends at block 77')
    expect(
      line(
        told('voting_started', {
          ...proposal,
          votingEndsAt: '2026-12-24T10:00:00.000Z',
          votingEndsAtEstimated: true,
          tally: null,
        }),
        120,
      )[1],
    ).toBe('           vote ends in 28 d, about 2026-12-24 10:00:00Z')
  })

  it('counts the members of a council, and the approvals that are missing', () => {
    const council = { yes: '1', no: '0', abstain: '0', veto: null, unit: 'members', quorum: '3', quorumMissing: '2' }
    const shown = (tally: object): string | undefined =>
      line(told('voting_started', { ...proposal, system: 'gov-base', tally: { ...council, ...tally } }), 120)[1]

    expect(shown({})).toMatch(/; 1 approve, 0 reject, 2 approvals missing$/)
    expect(shown({ yes: '2', no: '1', quorumMissing: '1' })).toMatch(/; 2 approve, 1 reject, 1 approval missing$/)
  })

  it('does not say that votes are yet to come if the vote is over', () => {
    const none = { yes: '0', no: '0', abstain: '0', unit: 'AAVE', quorumMissing: null }

    expect(line(told('voting_started', { ...proposal, tally: none }))[1]).toContain('; no votes yet')
    expect(line(told('proposal_canceled', { ...proposal, status: 'canceled', tally: none }))[1]).toMatch(/ no votes$/)
  })

  it('shows the message of an upgrade without the chain, the id, and fractions of seconds', () => {
    const message = `local: v2 is due at height 300. Is the binary in place?\n6 blocks to go, about 6 s (2026-11-26T10:00:06.000Z).\nProposal ${id} of 0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0.`
    expect(line(told('upgrade_imminent', { name: 'v2' }, { message }), 120).slice(1)).toStrictEqual([
      '           v2 is due at height 300. Is the binary in place?',
      '           6 blocks to go, about 6 s (10:00:06Z).',
    ])
  })

  it('leaves at least thirty columns and at most two lines for the title, within the width of the terminal', () => {
    const long = told('upgrade_halt_reached', proposal, {
      msg: 'A title that is so long that nobody would read it to its end '.repeat(5),
    })
    const lines = line(long)

    expect(lines[0]?.slice(50).length).toBeGreaterThanOrEqual(20)
    expect(lines.filter((one) => one.startsWith(' '.repeat(50)))).toHaveLength(1)
    expect(lines[1]).toMatch(/…$/)
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80)
    expect(line({ ...long, chain: 'a-chain-of-a-long-name' })[0]).toMatch(
      / medium {4}a-chain-of-a-long-name: A title that$/,
    )
  })

  it('contains no terminal control characters, whatever a chain writes', () => {
    expect(
      prettyLine(
        {
          level: 30,
          time: '',
          ...told('new_proposal', proposal, { msg: '\u001b[2Jx\u202e', chain: '\u0007c', message: '\u001b[31m' }),
        },
        { width: 80, color: false },
      ),
    ).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  })

  it('is coloured by its meaning: a planned event is not shown as an alarm', () => {
    const colored = (event: string, priority: string): string =>
      prettyLine({ level: 30, time: '', ...told(event, {}, { priority }) }, { width: 80, color: true })
    expect(colored('upgrade_failed', 'critical')).toContain('\u001b[31m')
    expect(colored('upgrade_triggered', 'critical')).toContain('\u001b[32m')
    expect(colored('upgrade_triggered', 'critical')).not.toContain('\u001b[31m')
  })
})

describe('any other line', () => {
  it('is a sentence, with its fields in brackets', () => {
    expect(
      line({ msg: 'govstream starts', version: '1.2.3', chains: ['a', 'b'], pid: 7, hostname: 'h' }),
    ).toStrictEqual(['10:00:00Z  govstream starts (version 1.2.3, chains a b)'])
    expect(line({ level: 40, chain: 'local', msg: 'poll failed: no answer', failures: 2 })).toStrictEqual([
      '10:00:00Z  warning: local: poll failed: no answer (failures 2)',
    ])
    expect(line({ level: 50, msg: 'stopped', err: { message: 'the disk is full' } })).toStrictEqual([
      '10:00:00Z  error: stopped: the disk is full',
    ])
  })
})
