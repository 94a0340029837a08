import { countText, heightText } from '../../domain/notifications/phrases.js'
import { distanceOf, hasHeight } from '../../domain/plans/dueAt.js'
import { keyOf } from '../../domain/proposals/proposal.js'
import { capital, cleanLine } from '../../domain/text/text.js'
import { isoOf } from '../../domain/text/time.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { upgradeStatusText } from '../../domain/upgrades/upgradeStatusText.js'
import type { ChainOutline } from '../../store/Store.js'
import type { Shown } from '../proposalView.js'
import { component, type Property, textValue, timeValue } from './icalendar.js'

export interface CalendarSource {
  /** Proposals whose vote has not ended. */
  readonly proposals: readonly Shown[]
  /** The chains, with their upgrades. */
  readonly chains: readonly Pick<ChainOutline, 'chain' | 'head' | 'blockTime' | 'upgrades'>[]
}

type Chain = CalendarSource['chains'][number]

interface CalendarEvent {
  readonly uid: string
  /** Unix seconds. */
  readonly time: bigint
  readonly summary: string
  readonly description: string
  readonly isCancelled?: boolean
}

/**
 * Renders the ends of votes and the heights of upgrades as an iCalendar file (RFC 5545), in UTC. Each event has a
 * stable UID and moves with its estimate. A chain that was never read has no events.
 */
export function calendarOf({ proposals, chains }: CalendarSource): string {
  const events = chains.flatMap((chain) => {
    const { head } = chain
    if (head === undefined) return []
    const all = [
      ...proposals.flatMap((shown) => (shown.proposal.chain === chain.chain ? endOfVote(shown) : [])),
      ...[...chain.upgrades.values()].flatMap((upgrade) => heightOf(upgrade, chain)),
    ]
    return all.map((event) => eventText(event, head.timestamp))
  })
  return component('VCALENDAR', header, events.join(''))
}

const header: readonly Property[] = [
  ['VERSION', '2.0'],
  ['PRODID', '-//govstream//govstream//EN'],
  ['NAME', 'govstream'],
  ['X-WR-CALNAME', 'govstream'],
  ['REFRESH-INTERVAL;VALUE=DURATION', 'PT15M'],
  ['X-PUBLISHED-TTL', 'PT15M'],
]

/** @param asOf - Chain time at which the content was true, in Unix seconds. */
function eventText({ uid, time, summary, description, isCancelled = false }: CalendarEvent, asOf: bigint): string {
  const stamp = timeValue(isoOf(asOf))
  return component('VEVENT', [
    ['UID', textValue(uid)],
    ['DTSTAMP', stamp],
    ['LAST-MODIFIED', stamp],
    ['SEQUENCE', String(sequenceAt(asOf))],
    ['DTSTART', timeValue(isoOf(time))],
    ['SUMMARY', textValue(cleanLine(summary, 300))],
    ['DESCRIPTION', textValue(description)],
    ['STATUS', isCancelled ? 'CANCELLED' : 'CONFIRMED'],
    ['TRANSP', 'TRANSPARENT'],
  ])
}

const mostSequence = 2n ** 31n - 1n

/** Increases with each estimate, even over a restart: minutes of chain time, limited to the 31 bits of an INTEGER. */
function sequenceAt(time: bigint): bigint {
  if (time <= 0n) return 0n
  return time / 60n < mostSequence ? time / 60n : mostSequence
}

function endOfVote({ proposal, estimated }: Shown): readonly CalendarEvent[] {
  const { chain, id, title, votingEnd, votingEndsAt } = proposal
  if (votingEndsAt === undefined) return []
  const block =
    estimated && votingEnd !== undefined ? ` Block ${countText(votingEnd)}: estimated, moves with the chain.` : ''
  return [
    {
      uid: `vote-end/${asUri(keyOf(proposal))}@govstream`,
      time: votingEndsAt,
      summary: `Vote ends on ${chain}: ${title}`,
      description: cleanLine(`Proposal ${id} on ${chain}.${block}`, 500),
    },
  ]
}

function heightOf(upgrade: Upgrade, chain: Chain): readonly CalendarEvent[] {
  const time = timeOfHeight(upgrade, chain)
  if (time === undefined) return []
  const { key, name, height, status, reasons } = upgrade
  const at = height === undefined ? '' : ` at block ${heightText(height)}`
  const what = `${name} on ${chain.chain}${at}`
  return [
    {
      uid: `upgrade/${asUri(key)}@govstream`,
      time,
      summary: status === 'pending' ? `If its ${conditionOf(upgrade)}: upgrade ${what}` : `Upgrade ${what}`,
      description: [sayingOf(upgrade) ?? '', ...reasons].map((line) => cleanLine(line, 500)).join('\n'),
      isCancelled: status === 'cancelled',
    },
  ]
}

/** Returns where an upgrade stands; undefined for those that the calendar does not contain. */
function sayingOf(upgrade: Upgrade): string | undefined {
  const isAtHeight = hasHeight(upgrade)
  switch (upgrade.status) {
    case 'pending':
    case 'scheduled':
      return `${capital(upgradeStatusText(upgrade))}.${isAtHeight ? ' Its time is estimated and moves with the chain.' : ''}`
    case 'in_progress':
      return isAtHeight ? 'The chain has reached the height.' : 'The time has come.'
    case 'completed':
      return 'Done.'
    case 'cancelled':
      return 'Cancelled.'
    case 'failed':
    case 'refused':
    case 'past':
      return undefined
  }
}

/** Returns what must happen before a pending upgrade is scheduled, as used after "if its". */
function conditionOf({ awaits }: Upgrade): string {
  return awaits === undefined ? 'vote passes' : 'proposal is executed'
}

/** When the chain reaches or reached the height; undefined for upgrades that will not happen. */
function timeOfHeight(upgrade: Upgrade, { head, blockTime }: Chain): bigint | undefined {
  const { status, triggeredAt } = upgrade
  if (status === 'in_progress' || status === 'completed') return triggeredAt
  const isKnown = head !== undefined && sayingOf(upgrade) !== undefined
  return isKnown ? distanceOf(upgrade, head, blockTime)?.eta : undefined
}

/** Encodes a key in visible characters. */
function asUri(key: string): string {
  return encodeURI(key.toWellFormed())
}
