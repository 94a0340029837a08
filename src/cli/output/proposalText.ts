import { countText, percent, planLine } from '../../domain/notifications/phrases.js'
import { labelsText } from '../../domain/labels.js'
import type { PlanFinding } from '../../domain/plans/plan.js'
import type { Action, Proposal, Tally, Vote } from '../../domain/proposals/proposal.js'
import { choiceNamesOf, hasAbstentions } from '../../domain/proposals/choiceNames.js'
import { quorumCountsText } from '../../domain/proposals/quorumCounts.js'
import { cleanLine, cleanText } from '../../domain/text/text.js'
import type { StatusMove } from '../../store/Store.js'
import { historyOf, type ShownInFull } from '../../views/proposalView.js'
import type { Terminal } from '../Terminal.js'
import { foldLines } from './foldLines.js'
import { paint } from './paint.js'
import { statusText } from './proposalsTable.js'
import { timeText } from './times.js'
import { wrapText } from './wrapText.js'
import { dueJson } from '../../domain/plans/dueAt.js'

const factWidth = 11

/** Renders one proposal in full. */
export function proposalText(
  { proposal, estimated, moves, votes }: ShownInFull,
  { width, color }: Pick<Terminal, 'width' | 'color'>,
): string {
  const { chain, system, contract, id, title, type, proposer, actions, tally, finding, description, labels, metadata } =
    proposal
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Status', `${statusText(proposal)}${proposal.skipped === undefined ? '' : `. ${proposal.skipped}`}`],
    [
      'Chain says',
      proposal.notUnderstood === undefined
        ? undefined
        : `${proposal.notUnderstood}, which is not understood; nothing is written for it`,
    ],
    ['Type', type],
    ['Chain', `${chain} (${system} ${contract})`],
    ['Id', id],
    ['Proposer', proposer],
    ['Labels', labels === undefined ? undefined : labelsText(labels)],
    ['Metadata', metadata === undefined ? undefined : labelsText(metadata)],
    ['Submitted', timeText(proposal.submittedAt)],
    ['Voting', votingText(proposal, estimated)],
    ['Executable', proposal.executableAt === undefined ? undefined : `from ${timeText(proposal.executableAt)}`],
    ['Upgrade', finding === undefined ? undefined : upgradeText(finding)],
  ]
  const shown = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [foldLines(`${name.padEnd(factWidth)}${cleanLine(value, 1_000)}`, width, factWidth)],
  )
  const readable = Math.min(width, 100)
  return [
    paint(foldLines(cleanLine(title, 400), width, 0), 'bold', color),
    ...shown,
    ...section('History', historyOf(proposal, moves).map(moveLine)),
    ...section('Result', tally === undefined ? [] : tallyBars(tally, system, readable)),
    ...section('Votes', voteLines(votes, proposal, readable - 2)),
    ...section(
      'Actions',
      actions.map((action, index) => foldLines(actionLine(action, index), width - 2, 3)),
    ),
    ...section('Description', description === '' ? [] : [wrapText(cleanText(description, 20_000), readable - 2)]),
  ].join('\n')
}

function votingText(
  { clock, votingStart, votingEnd, votingStartsAt, votingEndsAt }: Proposal,
  estimated: boolean,
): string {
  const times = `${timeText(votingStartsAt)} to ${timeText(votingEndsAt)}`
  if (clock === 'timestamp' || votingStart === undefined || votingEnd === undefined) return times
  return `after block ${countText(votingStart)} to block ${countText(votingEnd)}${votingEndsAt === undefined ? '' : `, ${estimated ? 'about ' : ''}${times}`}`
}

/** Renders the plan, and its state on the chain. */
function upgradeText(finding: PlanFinding): string {
  const { withdrawn, unsure, applied } = finding
  return [
    planLine({ ...finding, plan: { name: finding.plan.name, ...dueJson(finding.plan) } }).replace(/^Plan: /, ''),
    ...(applied === undefined ? [] : [`The chain carried it out at height ${countText(applied)}.`]),
    ...(withdrawn === undefined ? [] : [withdrawn]),
    ...(unsure === undefined ? [] : [unsure]),
  ]
    .map((part) => part.replace(/\.$/, ''))
    .join('. ')
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return []
  return ['', `${title}:`, ...lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`.trimEnd())]
}

function moveLine({ block, time, ...move }: StatusMove): string {
  return `${timeText(time)}  ${statusText(move)}, block ${countText(block)}`
}

const mostVotes = 20

/** Renders the newest votes first, with their reasons. */
function voteLines(
  votes: readonly Vote[],
  { system, tally }: Pick<Proposal, 'system' | 'tally'>,
  width: number,
): readonly string[] {
  const names: Readonly<Partial<Record<string, string>>> = choiceNamesOf(system)
  const shown = votes.slice(-mostVotes).reverse()
  const lines = shown.map(({ voter, choice, weight, reason }) => {
    const said = cleanLine(reason, 300)
    const vote = `${(names[choice] ?? choice).padEnd(8)}${cleanLine(`${voter} with ${countText(weight, tally?.decimals)} ${tally?.unit ?? 'votes'}`, 400)}`
    return said === ''
      ? vote
      : `${vote}\n${wrapText(said, Math.max(20, width - 8))
          .split('\n')
          .map((line) => `        ${line}`)
          .join('\n')}`
  })
  return votes.length > shown.length
    ? [...lines, `and ${votes.length - shown.length} before; --json has them all`]
    : lines
}

function actionLine({ target, value, selector, signature, effect, schedules }: Action, index: number): string {
  const call =
    effect === 'none' && selector === '0x'
      ? 'nothing'
      : (signature ?? (selector === '0x' ? 'plain transfer' : selector))
  const what = schedules === undefined ? '' : `: upgrade ${schedules.name} at height ${countText(schedules.height)}`
  return cleanLine(
    `${index + 1}. ${call}${target === '' ? '' : ` on ${target}`}${value === 0n ? '' : ` with ${value.toString()} wei`}${what}`,
    1_000,
  )
}

/** Renders a bar for each choice, and what the result needs. */
function tallyBars(tally: Tally, system: string, width: number): readonly string[] {
  const { yes, no, abstain, veto, unit: written, decimals, quorum, threshold, turnout } = tally
  const unit = cleanLine(written, 100)
  const names = choiceNamesOf(system)
  const choices: readonly (readonly [string, bigint | undefined])[] = [
    [names.yes, yes],
    [names.no, no],
    [names.abstain, hasAbstentions(tally, system) ? abstain : undefined],
    [names.veto, veto],
  ]
  const cast = yes + no + abstain + (veto ?? 0n)
  const size = Math.max(10, Math.min(40, width - 40))
  const bars = choices.flatMap(([name, votes]) => {
    if (votes === undefined) return []
    const share = cast === 0n ? 0 : Number((votes * 10_000n) / cast) / 10_000
    const filled = Math.max(0, Math.min(size, Math.round(share * size)))
    return [
      `${name.padEnd(8)}${'█'.repeat(filled)}${'░'.repeat(size - filled)} ${percent(share).padStart(6)}  ${countText(votes, decimals)} ${unit}`,
    ]
  })
  const needs = [
    ...(quorum === undefined
      ? []
      : [
          `quorum ${countText(quorum, decimals)} ${unit}${quorumCountsText(tally.quorumCounts, names)}${verdict(tally.quorumReached, 'reached')}`,
        ]),
    ...(threshold === undefined ? [] : [`threshold ${percent(threshold)}${verdict(tally.thresholdMet, 'met')}`]),
    ...(turnout === undefined ? [] : [`turnout ${percent(turnout)}`]),
  ]
  return [...bars, ...(needs.length === 0 ? [] : [needs.join(', ')])]
}

function verdict(holds: boolean | undefined, word: string): string {
  return holds === undefined ? '' : holds ? ` (${word})` : ` (not ${word})`
}
