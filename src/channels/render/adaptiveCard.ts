import type { Message } from '../../domain/notifications/message.js'
import type { MessageFact } from '../../domain/notifications/messageText.js'
import { cutText, fitList } from '../cutText.js'
import { footerOf } from './footerOf.js'
import { moodOf } from './moodOf.js'

/*
 * A post may have 28 kB, and it is not said of which encoding: the larger of UTF-8 and UTF-16 counts here. What stands
 * around an item of a list counts with it.
 */
const most = { title: 800, advice: 2_000, lines: 9_000, fact: 700, facts: 5_000, links: 4, label: 120, url: 900 }
const around = 280

/**
 * Renders a message as an adaptive card, in the envelope that a workflow posts. All text is in text runs, which have no
 * markup, and never in a field that is read as Markdown.
 */
export function adaptiveCard(message: Message): object {
  const { title, facts, advice, links } = message
  const color = colours[moodOf(message)]
  const actions = links
    .filter(({ url }) => size(url) <= most.url)
    .slice(0, most.links)
    .map(({ label, url }) => ({
      type: 'Action.OpenUrl',
      title: cutText(plain(`${label} (${new URL(url).host})`), most.label, size),
      url,
    }))
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            text({ text: cutText(plain(title), most.title, size), weight: 'Bolder', size: 'Large', color }),
            ...linesFor(message).map((line) => text({ text: line })),
            ...(advice === undefined ? [] : [adviceBox(cutText(plain(advice), most.advice, size))]),
            ...factsFor(facts),
            text({ text: plain(footerOf(message)), isSubtle: true, size: 'Small' }),
          ],
          ...(actions.length > 0 && { actions }),
          msteams: { width: 'Full' },
        },
      },
    ],
  }
}

const colours = {
  low: 'Default',
  medium: 'Accent',
  high: 'Warning',
  critical: 'Attention',
  over: 'Good',
  withdrawn: 'Default',
} as const satisfies Record<ReturnType<typeof moodOf>, string>

function text(run: object): object {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', ...run }] }
}

function linesFor({ lines, more = 0 }: Message): readonly string[] {
  return fitList(lines.map(plain), { max: most.lines, measure: sizeInList, more })
}

function adviceBox(advice: string): object {
  return {
    type: 'Container',
    style: 'emphasis',
    items: [text({ text: 'What to do', weight: 'Bolder' }), text({ text: advice })],
  }
}

function factsFor(facts: readonly MessageFact[]): readonly object[] {
  const part = (words: string): string => cutText(plain(words), most.fact, size)
  const rows = facts.map(({ name, value }) => [part(name), part(value)] as const)
  const fitting = fitList(
    rows.map(([name, value]) => name + value),
    { max: most.facts, measure: sizeInList },
  )
  if (fitting.length === rows.length) return rows.map(factRow)
  const kept = rows.slice(0, fitting.length - 1)
  return [...kept.map(factRow), text({ text: fitting.at(-1) ?? '' })]
}

function factRow([name, value]: readonly [string, string]): object {
  return {
    type: 'RichTextBlock',
    spacing: 'Small',
    inlines: [
      { type: 'TextRun', text: `${name}: `, isSubtle: true },
      { type: 'TextRun', text: value },
    ],
  }
}

/** Breaks `<at>` tags, so that no client mentions anybody. */
function plain(words: string): string {
  return words.replace(/<(?=\/?at\b)/gi, '‹')
}

function size(words: string): number {
  const written = JSON.stringify(words)
  let sum = 0
  for (let at = 1; at < written.length - 1; at += 1) sum += unitSize(written.charCodeAt(at))
  return sum
}

/** The larger size of a code unit in UTF-8 and UTF-16, in bytes. Half of a surrogate pair takes two in both. */
function unitSize(unit: number): number {
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
}

function sizeInList(words: string): number {
  return words === '\n' ? around : size(words)
}
