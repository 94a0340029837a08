import { planLine } from '../../domain/phrases.js'
import type { Action, Proposal } from '../../domain/proposal.js'
import { cleanLine, cleanText } from '../../domain/text.js'
import type { Terminal } from '../Terminal.js'
import { paint } from './paint.js'
import { statusText } from './proposalsTable.js'
import { tallyBars } from './tallyBars.js'
import { timeText } from './times.js'
import { wrapText } from './wrapText.js'

/** One proposal in full, for people. */
export function proposalText(proposal: Proposal, { width, color }: Terminal): string {
  const { chain, system, contract, id, title, type, proposer, actions, tally, finding, description } = proposal
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Status', statusText(proposal)],
    ['Type', type],
    ['Chain', `${chain} (${system} ${contract})`],
    ['Id', id],
    ['Proposer', proposer],
    ['Submitted', timeText(proposal.submittedAt)],
    ['Voting', votingText(proposal)],
    ['Executable', proposal.executableAt === undefined ? undefined : `from ${timeText(proposal.executableAt)}`],
    ['Upgrade', finding === undefined ? undefined : planLine(finding).replace(/^Plan: /, '')],
  ]
  const shown = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(11)}${cleanLine(value, 1_000)}`]))
  const readable = Math.min(width, 100)
  return [
    paint(cleanLine(title, 400), 'bold', color),
    ...shown,
    ...section('Votes', tally === undefined ? [] : tallyBars(tally, readable)),
    ...section('Actions', actions.map(actionLine)),
    ...section('Description', description === '' ? [] : [wrapText(cleanText(description, 20_000), readable - 2)]),
  ].join('\n')
}

function votingText({ clock, votingStart, votingEnd, votingStartsAt, votingEndsAt }: Proposal): string {
  const times = `${timeText(votingStartsAt)} to ${timeText(votingEndsAt)}`
  if (clock === 'timestamp' || votingStart === undefined || votingEnd === undefined) return times
  return `after block ${votingStart} to block ${votingEnd}${votingEndsAt === undefined ? '' : `, about ${times}`}`
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return []
  return ['', `${title}:`, ...lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`.trimEnd())]
}

function actionLine({ target, value, selector, signature, effect }: Action, index: number): string {
  const call = effect === 'none' && selector === '0x' ? 'nothing' : (signature ?? (selector === '0x' ? 'plain transfer' : selector))
  return cleanLine(`${index + 1}. ${call} on ${target}${value === 0n ? '' : ` with ${value.toString()} wei`}`, 1_000)
}
