import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../../src/domain/proposals/proposal.js'
import type { Answer } from '../../../../src/sources/rpc/readCalls.js'
import type { GovernorRules } from '../../../../src/sources/governance/governor/context.js'
import { applyAnswers, questionsFor } from '../../../../src/sources/governance/governor/query.js'
import { tallyOf } from '../../../../src/sources/governance/governor/tally.js'

const rules: GovernorRules = {
  address: '0x00000000000000000000000000000000000000AA',
  flavour: 'a governor',
  clock: 'block',
  votesFrom: 'proposalVotes',
  extendsDeadline: false,
  token: '0x00000000000000000000000000000000000000bB',
  quorumRule: new Set(['for', 'abstain']),
}
const tally = tallyOf({ yes: 1n, no: 0n, abstain: 0n }, {})
const proposal: Proposal = {
  chain: 'local',
  contract: rules.address,
  id: '7',
  system: 'governor',
  title: 'Seven',
  description: '',
  type: 'text',
  status: 'voting',
  derived: false,
  actions: [],
  clock: 'block',
  votingStart: 10n,
  votingEnd: 20n,
  tally,
  readAt: 11n,
}
const ours = '0x00000000000000000000000000000000000000C1'
const other_ = '0x00000000000000000000000000000000000000c2'
const at = (number: bigint) => ({ number, timestamp: 1_000n })
const kindsAt = (number: bigint, one: Partial<Proposal> = {}, other: Partial<GovernorRules> = {}, all = false) =>
  questionsFor({ ...proposal, ...one }, { ...rules, ...other }, at(number), { all }).map(({ kind }) => kind)
const answered = (answers: readonly Answer[], one: Partial<Proposal> = {}, other: Partial<GovernorRules> = {}) =>
  applyAnswers(
    { ...proposal, ...one },
    questionsFor({ ...proposal, ...one }, { ...rules, ...other }, at(12n)),
    answers,
    { ...rules, ...other },
  )
const ok = (value: unknown): Answer => ({ ok: true, value })
const reverted = (reason: string): Answer => ({ ok: false, why: 'reverted', reason })

describe('the calls for a proposal', () => {
  it('are for its state and votes, and for the rest only while it is unknown and available', () => {
    expect(kindsAt(10n)).toStrictEqual(['state', 'votes'])
    expect(kindsAt(11n)).toStrictEqual(['state', 'votes', 'quorum', 'electorate'])
    expect(kindsAt(11n, { tally: { ...tally, quorum: 1n, electorate: 2n } })).toStrictEqual(['state', 'votes'])
    expect(kindsAt(11n, {}, { fixedQuorum: 4n, token: undefined, votesFrom: 'logs' })).toStrictEqual(['state'])
    expect(kindsAt(9n, { status: 'queued' })).toStrictEqual(['state', 'votes', 'eta'])
    expect(kindsAt(9n, { status: 'queued', executableAt: 5n })).toStrictEqual(['state', 'votes'])
    expect(kindsAt(9n, { status: 'queued', executableAt: 5n }, {}, true)).toStrictEqual(['state', 'votes', 'eta'])
    expect(kindsAt(9n, {}, { extendsDeadline: true })).toStrictEqual(['state', 'votes', 'deadline'])
  })

  it('include whether our voters have voted, while the vote is open, with the view of the contract', () => {
    const known = { ...proposal, tally: { ...tally, quorum: 1n, electorate: 2n } }
    const asked = (one: Partial<Proposal> = {}, other: Partial<GovernorRules> = {}, number = 12n) =>
      questionsFor({ ...known, ...one }, { ...rules, ...other }, at(number), { voters: [ours, other_] })
        .filter(({ kind }) => kind === 'voter')
        .map(({ call: { functionName, args } }) => [functionName, ...(args ?? [])])
    expect(asked()).toStrictEqual([
      ['hasVoted', 7n, ours],
      ['hasVoted', 7n, other_],
    ])
    expect(asked({ status: 'submitted' })).toHaveLength(2)
    expect(asked({}, { votesFrom: 'proposals' }).map(([view]) => view)).toStrictEqual(['getReceipt', 'getReceipt'])
    // Not before the vote, and not after it.
    expect(asked({ status: 'submitted' }, {}, 10n)).toStrictEqual([])
    expect(asked({ status: 'queued' })).toStrictEqual([])
  })
})

describe('the answers', () => {
  it('update status, tally, quorum and turnout', () => {
    expect(answered([ok(4), ok([10n, 50n, 5n]), ok(55n), ok(130n)])).toMatchObject({
      proposal: {
        status: 'passed',
        tally: { no: 10n, yes: 50n, abstain: 5n, quorum: 55n, quorumReached: true, electorate: 130n, turnout: 0.5 },
      },
    })
  })

  it('of Bravo come in another order, with the time of execution', () => {
    const row = [7n, rules.address, 99n, 10n, 20n, 50n, 10n, 5n, false, false]
    expect(
      answered([ok(5), ok(row)], {}, { votesFrom: 'proposals', token: undefined, fixedQuorum: 40n }),
    ).toMatchObject({
      proposal: { status: 'queued', executableAt: 99n, tally: { yes: 50n, no: 10n, abstain: 5n, quorum: 40n } },
    })
  })

  it.each([
    'GovernorNonexistentProposal',
    'Governor: unknown proposal id',
    'GovernorBravo::state: invalid proposal id',
  ])('with %s mean that the proposal is gone', (reason) => {
    expect(answered([reverted(reason)])).toStrictEqual({ gone: true })
  })

  it.each<readonly [string, Answer | undefined, string]>([
    ['another revert', reverted('Pausable: paused'), 'a refusal to tell the state'],
    ['nothing', { ok: false, why: 'empty', reason: '' }, 'nothing that is a state'],
    ['an unknown state', ok(42), 'state 42'],
    ['no answer', undefined, 'nothing that is a state'],
  ])('with %s keep the status, mark it, and warn once', (_what, answer, words) => {
    const answers = answer === undefined ? [] : [answer]
    expect(answered(answers)).toMatchObject({
      proposal: { status: 'voting', notUnderstood: words },
      warning: `${rules.address} answers ${words} for proposal 7, which is not understood: it stays voting, and nothing is acted on.`,
    })
    expect(answered(answers, { notUnderstood: words })).not.toHaveProperty('warning')
    expect(answered([ok(5)], { notUnderstood: words })).toMatchObject({ proposal: { status: 'queued' } })
    expect(answered([ok(5)], { notUnderstood: words })).not.toHaveProperty('proposal.notUnderstood')
  })

  it('that make no sense change no count', () => {
    expect(answered([ok(1), ok('what?'), ok(-1), reverted('ERC5805FutureLookup')])).toMatchObject({
      proposal: { tally: { yes: 1n } },
    })
    expect(answered([ok(1), ok([1n])])).toMatchObject({ proposal: { tally: { yes: 1n } } })
  })

  it('clear the time of execution if the proposal is no longer queued', () => {
    const told = answered([ok(1)], { status: 'queued', executableAt: 99n })
    expect('proposal' in told && 'executableAt' in told.proposal).toBe(false)
  })
})

describe('the attendance of our voters', () => {
  const third = '0x00000000000000000000000000000000000000c3'
  const attendance = (
    answers: readonly Answer[],
    state = 1,
    before: Partial<Proposal> = { attendance: { voted: [], missing: [ours] } },
  ) => {
    const known = { ...proposal, ...before, tally: { ...tally, quorum: 1n, electorate: 2n } }
    const questions = questionsFor(known, rules, at(12n), { voters: [ours, other_, third] })
    const told = applyAnswers(known, questions, [ok(state), ok([0n, 1n, 0n]), ...answers], rules)
    return 'proposal' in told ? told.proposal.attendance : undefined
  }

  it('is what the contract answers for each', () => {
    expect(attendance([ok(true), ok(false), ok({ hasVoted: true, support: 1, votes: 3n })])).toStrictEqual({
      voted: [ours, third],
      missing: [other_],
    })
  })

  it('is unknown for a voter without a usable answer', () => {
    expect(attendance([ok(true), reverted('no such view'), ok(2n)])).toStrictEqual({ voted: [ours], missing: [] })
    expect(attendance([])).toBeUndefined()
  })

  it('is dropped once the vote is over', () => {
    expect(attendance([ok(true), ok(true), ok(true)], 4)).toBeUndefined()
  })
})
