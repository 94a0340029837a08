import { isJsonObject, type Json, type JsonObject } from '../../domain/text/json.js'
import { countText, percent, withCommas } from '../../domain/notifications/phrases.js'
import { isProposalEvent } from '../../domain/notifications/events/eventCatalogue.js'
import { type ChoiceNames, choiceNamesOf } from '../../domain/proposals/choiceNames.js'
import { durationText } from '../../domain/text/time.js'
import { momentText, withMoments } from './times.js'

/** Returns the details of an event for people, most important first: what comes next, and when. */
export function eventDetails({ event, data, message, chain }: JsonObject, now: number): readonly string[] {
  if (typeof event === 'string' && isProposalEvent(event) && isJsonObject(data) && typeof data['status'] === 'string')
    return ofProposal(event, data, now)
  // The first line repeats the chain, and the last one the proposal, which were shown before.
  const lines = textOf(message)
    .split('\n')
    .filter((line) => line !== '' && !/^Proposal \S+ of \S+\.$/.test(line))
  return lines.map((line, at) =>
    withMoments(
      at === 0 && line.startsWith(`${textOf(chain)}: `) ? line.slice(textOf(chain).length + 2) : line,
      (moment) => momentText(moment, now),
    ),
  )
}

function ofProposal(event: string, data: JsonObject, now: number): readonly string[] {
  const isNew = event === 'new_proposal' || event === 'emergency_proposal'
  const vote = voteText(data, now)
  const tally =
    isJsonObject(data['tally']) && textOf(data['status']) !== 'submitted'
      ? tallyText(data['tally'], choiceNamesOf(textOf(data['system'])), textOf(data['status']) === 'voting')
      : ''
  const plan =
    isJsonObject(data['plan']) && (isNew || event === 'proposal_passed')
      ? `asks for ${textOf(data['plan']['name'])} at ${textOf(data['plan']['time']) || withCommas(`height ${textOf(data['plan']['height'])}`)}`
      : ''
  const id = isNew
    ? `${textOf(data['type'])} proposal ${textOf(data['proposalId'])}${textOf(data['proposer']) === '' ? '' : ` by ${textOf(data['proposer'])}`}`
    : ''
  return [[vote, tally].filter(Boolean).join('; '), [id, plan].filter(Boolean).join(', ')].filter(Boolean)
}

/** Says when the vote starts and ends, while that is in the future. */
function voteText(data: JsonObject, now: number): string {
  const status = textOf(data['status'])
  if (status !== 'submitted' && status !== 'voting') return ''
  const about = data['votingEndsAtEstimated'] === true ? 'about ' : ''
  const [start, end] = [Date.parse(textOf(data['votingStartsAt'])), Date.parse(textOf(data['votingEndsAt']))]
  const starts = status === 'submitted' && start > now ? `vote starts ${inText(start, now)}, ` : ''
  if (Number.isNaN(end))
    return data['clock'] === 'block' && textOf(data['votingEnd']) !== ''
      ? withCommas(`${starts}vote ends at block ${textOf(data['votingEnd'])}`)
      : ''
  return end > now
    ? `${starts}${starts === '' ? 'vote ' : ''}ends ${inText(end, now)}, ${about}${momentText(end, now)}`
    : data['clock'] === 'block'
      ? withCommas(`vote ends at block ${textOf(data['votingEnd'])}`)
      : 'vote ends now'
}

function inText(then: number, now: number): string {
  return `in ${durationText(Math.round((then - now) / 1000))}`
}

function tallyText(tally: JsonObject, names: ChoiceNames, isOpen: boolean): string {
  const isCouncil = tally['unit'] === 'members'
  const [yes, no, abstain, veto] = ['yes', 'no', 'abstain', 'veto'].map((choice) => countOf(tally[choice]))
  const cast = (yes ?? 0n) + (no ?? 0n) + (abstain ?? 0n) + (veto ?? 0n)
  // A share of the votes cast says little where a fixed number of members decides.
  const amount = (votes: bigint): string =>
    isCouncil ? countText(votes) : percent(Number((votes * 10_000n) / cast) / 10_000)
  const shares =
    cast === 0n
      ? isOpen
        ? 'no votes yet'
        : 'no votes'
      : [
          [names.yes, yes],
          [names.no, no],
          [names.veto, veto],
        ]
          .flatMap(([word, votes]) =>
            typeof votes === 'bigint' && (votes > 0n || word !== names.veto)
              ? [`${amount(votes)} ${String(word)}`]
              : [],
          )
          .join(', ')
  return [shares, quorumText(tally, isCouncil)].filter(Boolean).join(', ')
}

function quorumText(tally: JsonObject, isCouncil: boolean): string {
  if (tally['quorumReached'] === true) return 'quorum reached'
  const missing = countOf(tally['quorumMissing'])
  if (missing === undefined || missing === 0n) return ''
  // The quorum of a council is the number of approvals that it needs.
  if (isCouncil) return `${countText(missing)} ${missing === 1n ? 'approval' : 'approvals'} missing`
  const decimals = typeof tally['decimals'] === 'number' ? tally['decimals'] : undefined
  return `${countText(missing, decimals)} ${textOf(tally['unit'])} missing for the quorum`
}

function countOf(value: Json | undefined): bigint | undefined {
  return typeof value === 'string' && /^\d{1,90}$/.test(value) ? BigInt(value) : undefined
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
