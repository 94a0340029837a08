import type { Notification } from '../../domain/notifications/notification.js'
import { heightText, withCommas } from '../../domain/notifications/phrases.js'
import { keyOf } from '../../domain/proposals/proposal.js'
import { outcomeWords } from '../../domain/upgrades/postCheck/postCheck.js'
import { cleanLine, cleanText } from '../../domain/text/text.js'
import { isOwn, proposalOf, type Upgrade } from '../../domain/upgrades/upgrade.js'
import { upgradeStatusText } from '../../domain/upgrades/upgradeStatusText.js'
import type { Pace } from '../../views/upgradeView.js'
import { foldLines } from '../output/foldLines.js'
import { paint } from '../output/paint.js'
import { proposalText } from '../output/proposalText.js'
import { timeOfMsText, timeText } from '../output/times.js'
import type { Picture } from './Picture.js'
import type { Item } from './stepView.js'
import { timeLeft } from './tables.js'
import { hasHeight } from '../../domain/plans/dueAt.js'

interface Page {
  readonly width: number
  readonly color: boolean
  /** Host clock, Unix milliseconds. */
  readonly now: number
}

const nothing = 'It is not there any more.'

/** Renders an item of the overview in full. */
export function itemText({ list, key }: Item, picture: Picture, page: Page): string {
  if (list === 'proposals') {
    const shown = picture.proposals.find(({ proposal }) => keyOf(proposal) === key)
    const { opened } = picture
    const full = opened !== undefined && keyOf(opened.proposal) === key ? opened : undefined
    if (full !== undefined) return proposalText(full, page)
    return shown === undefined ? nothing : proposalText({ ...shown, moves: [], votes: [] }, page)
  }
  if (list === 'upgrades') {
    const upgrade = picture.upgrades.find((one) => one.key === key)
    const pace = picture.chains.find(({ chain }) => chain === upgrade?.chain)?.state
    return upgrade === undefined ? nothing : upgradeText(upgrade, pace, page)
  }
  const event = picture.events.find(({ id }) => id === key)
  return event === undefined ? nothing : eventText(event, page)
}

function upgradeText(upgrade: Upgrade, pace: Pace | undefined, { width, color, now }: Page): string {
  const { name, chain, info, reasons, scheduledAt, triggeredAt, completedAt, key } = upgrade
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Status', upgradeStatusText(upgrade)],
    ['Chain', chain],
    hasHeight(upgrade) ? ['Height', heightText(upgrade.height)] : ['Time', timeText(upgrade.time)],
    ['When', timeLeft(upgrade, pace, now)],
    ['Asked by', proposalOf(upgrade) ?? (isOwn(upgrade) ? 'your own plan' : 'an announcement')],
    ['Scheduled', scheduledAt === undefined ? undefined : timeText(scheduledAt)],
    ['Triggered', triggeredAt === undefined ? undefined : timeText(triggeredAt)],
    ['Completed', completedAt === undefined ? undefined : timeText(completedAt)],
    ['Info', info === undefined ? undefined : typeof info === 'string' ? info : JSON.stringify(info)],
    ['Key', key],
  ]
  const { verdict, checks = [] } = upgrade.postCheck ?? {}
  const seen = checks.map(({ reason, todo }) => (todo === undefined ? reason : `${reason} ${todo}`))
  const said = [...reasons, ...(verdict === undefined ? [] : [`It ${outcomeWords[verdict]}. ${seen.join(' ')}`])]
  return [
    paint(foldLines(cleanLine(name, 400), width, 0), 'bold', color),
    ...facts.flatMap(([title, value]) =>
      value === undefined ? [] : [foldLines(`${title.padEnd(11)}${cleanLine(value, 4_000)}`, width, 11)],
    ),
    ...(said.length === 0
      ? []
      : ['', ...said.map((line) => foldLines(cleanLine(withCommas(line, [name]), 1_000), width))]),
    '',
    foldLines(`Why it was or was not written: govstream explain ${cleanLine(key, 400)}`, width),
  ].join('\n')
}

function eventText({ title, message, event, priority, chain, timestamp, id }: Notification, page: Page): string {
  const { width, color } = page
  const about = `${event}, ${priority}, ${chain}, ${timeOfMsText(Date.parse(timestamp))}`
  return [
    paint(foldLines(cleanLine(title, 400), width, 0), 'bold', color),
    paint(foldLines(cleanLine(about, 400), width, 0), 'dim', color),
    '',
    foldLines(cleanText(message, 20_000), width),
    '',
    paint(foldLines(cleanLine(id, 400), width, 0), 'dim', color),
  ].join('\n')
}
