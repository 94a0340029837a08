import { defined } from '../../defined.js'
import { labelsText } from '../../labels.js'
import { choiceNamesOf, hasAbstentions } from '../../proposals/choiceNames.js'
import { quorumCountsText } from '../../proposals/quorumCounts.js'
import { type LocalTime, utc } from '../../text/localTime.js'
import { capital } from '../../text/text.js'
import { councilLines } from '../councilText.js'
import type { MessageFact, MessageText } from '../messageText.js'
import { atDue, percent, planLine, proposalText, sharesOf, shortId, tallyLine, votesText } from '../phrases.js'
import { tallyOf } from '../tallyData.js'
import { voteLines } from '../voteLines.js'
import { type EventDeclaration, event, type Reader } from './eventDeclaration.js'
import type { ProposalData } from './proposalData.js'

/** The specific parts of one proposal event; all other parts are the same for all of them. */
export interface ProposalEventParts<Data extends ProposalData> extends Pick<
  EventDeclaration<Data>,
  'priority' | 'when' | 'example'
> {
  /** The text in front of the proposal's title. */
  readonly headline: string | ((data: Data) => string)
  /** Says what happened to it and what that means. `what` is, for example, `upgrade proposal`. */
  readonly happened: (what: string, data: Data) => string
  /** Returns what to do about it. @defaultValue nothing */
  readonly advice?: (data: Data) => string | undefined
  /** Returns lines about the votes of our voters. @defaultValue none */
  readonly ownVotes?: (data: Data) => readonly string[]
  /** True if `happened` only introduces the end of the vote, which then replaces it. @defaultValue false */
  readonly isAboutEnd?: boolean
  /** True to leave out what a council still needs. @defaultValue false */
  readonly isVoted?: boolean
  /** True if the proposal was removed from the chain. @defaultValue false */
  readonly isGone?: boolean
  /** Returns the headline for a late notification. @defaultValue the headline */
  readonly headlineLate?: (data: Data, passedSeconds: number) => string
  readonly standing?: EventDeclaration<Data>['standing']
}

/** Declares an event of a proposal. */
export function proposalEvent<Data extends ProposalData>(parts: ProposalEventParts<Data>): EventDeclaration<Data> {
  const { priority, when, example, headline, standing } = parts
  const title = (data: Data): string => `${typeof headline === 'string' ? headline : headline(data)}: ${data.title}`
  return event<Data>({
    priority,
    when,
    title,
    message: (data, told) => messageOf(parts, data, told),
    say: (data, { timestamp }, reader) => textOf(parts, data, timestamp, reader),
    example,
    ...defined({ standing }),
  })
}

function messageOf<Data extends ProposalData>(
  { happened, ownVotes = () => [], isVoted = false, isGone = false }: ProposalEventParts<Data>,
  data: Data,
  { chain, timestamp }: { readonly chain: string; readonly timestamp: string },
): readonly string[] {
  const { system, type, status, proposer, skipped, plan, planProblems, council, tally, excerpt } = data
  const isOpen = isVotedOn(data)
  const planLines = plan === null ? [] : [planLine({ plan, problems: planProblems })]
  const source = `${proposalText(data)}.`
  // The status and the votes of a removed proposal are gone too.
  if (isGone) return [`${chain}: ${happened(`${type} proposal`, data)}`, ...planLines, source]
  return [
    `${chain}: ${type} proposal${proposer === null ? '' : ` by ${proposer}`}, now ${status}.`,
    ...(skipped === null ? [] : [skipped]),
    ...(isOpen ? voteLines(data, { from: timestamp, isLate: false }, utc) : []),
    ...ownVotes(data),
    ...(council === null || isVoted ? [] : councilLines(council)),
    ...(tally === null ? [] : [tallyLine(tallyOf(tally), system)]),
    ...planLines,
    ...(isOpen && excerpt !== '' ? [excerpt] : []),
    source,
  ]
}

function isVotedOn({ status }: ProposalData): boolean {
  return status === 'submitted' || status === 'voting'
}

/** Returns what happened and, while the vote runs, when it closes. */
function firstLines<Data extends ProposalData>(
  { happened, isAboutEnd = false }: ProposalEventParts<Data>,
  data: Data,
  times: readonly string[],
): readonly string[] {
  const what = `${data.type} proposal`
  const skipped = data.skipped === null ? [] : [data.skipped]
  if (isAboutEnd && times.length > 0)
    return [...times.map((line) => line.replace(/^Voting /, `voting on this ${what} `)), ...skipped]
  return [happened(what, data), ...skipped, ...times]
}

function textOf<Data extends ProposalData>(
  parts: ProposalEventParts<Data>,
  data: Data,
  timestamp: string,
  { clock, from }: Reader,
): MessageText {
  const { advice, ownVotes = () => [], isVoted = false, isGone = false, headlineLate } = parts
  const isOpen = !isGone && isVotedOn(data)
  const { plan, excerpt, proposer, council, votingEndsAt } = data
  const isTooLate = isOpen && from.isLate && votingEndsAt !== null && votingEndsAt <= from.from
  const passed = Math.round((Date.parse(from.from) - Date.parse(timestamp)) / 1_000)
  return {
    ...(from.isLate && headlineLate !== undefined && { title: `${headlineLate(data, passed)}: ${data.title}` }),
    lines: [
      ...firstLines(parts, data, isOpen ? voteLines(data, from, clock) : []),
      ...ownVotes(data),
      ...(isOpen && council !== null && !isVoted ? councilLines(council) : []),
      ...(plan === null || isGone ? [] : [planText(plan, data, clock)]),
      ...(isOpen && excerpt !== '' ? [excerpt] : []),
    ],
    facts: facts(data, { clock, isGone }),
    about: {
      id: data.proposalId,
      ...(proposer !== null && { voters: [{ label: 'Proposer', address: proposer }] }),
    },
    ...defined({ advice: isTooLate ? undefined : advice?.(data) }),
  }
}

function planText(plan: NonNullable<ProposalData['plan']>, { status }: ProposalData, clock: LocalTime): string {
  const upgrade = `${plan.name} ${atDue(plan, clock)}`
  switch (status) {
    case 'submitted':
    case 'voting':
      return `If it passes, nodes switch to ${upgrade}.`
    case 'passed':
    case 'queued':
    case 'executed':
      return `It asks nodes to switch to ${upgrade}.`
    case 'failed':
      return `Nodes switch to ${upgrade} only if the proposal is executed after all.`
    default:
      return `It does not schedule the upgrade to ${upgrade}.`
  }
}

function facts(
  { system, type, status, derived, plan, proposer, proposalId, tally, metadata }: ProposalData,
  { clock, isGone }: { readonly clock: LocalTime; readonly isGone: boolean },
): readonly MessageFact[] {
  return [
    { name: 'Type', value: type },
    ...(isGone ? [] : [{ name: 'Status', value: derived ? `${status} (by the clock)` : status }]),
    ...(isGone || tally === null || (unvoted.has(status) && !hasVotes(tally)) ? [] : tallyFacts(tally, system)),
    // A sentence says the plan of a proposal that is not removed.
    ...(plan === null || !isGone ? [] : [{ name: 'Upgrade', value: `${plan.name} ${atDue(plan, clock)}` }]),
    ...(proposer === null ? [] : [{ name: 'Proposer', value: proposer }]),
    { name: 'Proposal', value: shortId(proposalId) },
    ...(Object.keys(metadata).length === 0 ? [] : [{ name: 'Metadata', value: labelsText(metadata) }]),
  ]
}

// Before the vote opens, and if it never did, a row of zeros says nothing.
const unvoted: ReadonlySet<string> = new Set(['submitted', 'canceled'])

function hasVotes(data: NonNullable<ProposalData['tally']>): boolean {
  const { yes, no, abstain, veto = 0n } = tallyOf(data)
  return yes + no + abstain + veto > 0n
}

function tallyFacts(data: NonNullable<ProposalData['tally']>, system: string): readonly MessageFact[] {
  const tally = tallyOf(data)
  const names = choiceNamesOf(system)
  const { yes, no, abstain, veto, quorum, quorumMissing, quorumReached, turnout } = tally
  const share = sharesOf(tally)
  const missing = quorumMissing === undefined ? '' : `, ${votesText(quorumMissing, tally)} missing`
  const standing = quorumReached === undefined ? '' : quorumReached ? ', reached' : `, not reached${missing}`
  return [
    { name: capital(names.yes), value: share(yes) },
    { name: capital(names.no), value: share(no) },
    ...(hasAbstentions(tally, system) ? [{ name: capital(names.abstain), value: share(abstain) }] : []),
    ...(veto === undefined ? [] : [{ name: capital(names.veto), value: share(veto) }]),
    ...(quorum === undefined
      ? []
      : [
          {
            name: 'Quorum',
            value: `${votesText(quorum, tally)}${quorumCountsText(tally.quorumCounts, names)}${standing}`,
          },
        ]),
    ...(turnout === undefined ? [] : [{ name: 'Turnout', value: percent(turnout) }]),
  ]
}
