import { countText } from '../../domain/notifications/phrases.js'
import type { Notification } from '../../domain/notifications/notification.js'
import type { Tally } from '../../domain/proposals/proposal.js'
import { quorumCountsText } from '../../domain/proposals/quorumCounts.js'
import { cleanLine } from '../../domain/text/text.js'
import { cutToWidth } from '../output/displayWidth.js'
import { foldLines } from '../output/foldLines.js'
import { paint, type Style } from '../output/paint.js'
import { toneOf } from '../output/toneOf.js'
import { wrapText } from '../output/wrapText.js'

export interface NarratorOptions {
  /** Writes whole lines. */
  readonly write: (text: string) => void
  readonly color: boolean
  /** Columns of the terminal; `Infinity` if it is not a terminal. */
  readonly width: number
}

/** Prints the demo, one line per event: the actor on the left, the event on the right. */
export interface Narrator {
  readonly title: (text: string, subtitle: string) => void
  readonly chapter: (text: string) => void
  readonly say: (who: string, text: string) => void
  readonly notify: (notification: Notification) => void
  readonly tally: (tally: Tally) => void
  readonly file: (path: string, content: string) => void
  /** Shows the current state of a chat message. */
  readonly message: (text: string, parts: { readonly replies: number; readonly tally: string }) => void
  readonly end: (text: string) => void
}

interface LineOptions {
  readonly style?: Style
  readonly indent?: number
}

const left = 14
// Width from which a title fits beside its prefix.
const roomy = 76
const barCells = 20

export function narrator({ write, color, width }: NarratorOptions): Narrator {
  /** Wrapped text is indented by `indent` columns. */
  const line = (who: string, text: string, { style = 'dim', indent = 0 }: LineOptions = {}): void =>
    write(wrapText(`  ${paint(who.padEnd(left), style, color)}${text}`, width, 2 + left + (width < roomy ? 0 : indent)))
  const heading = (text: string): void => write(paint(foldLines(text, width, 0), 'bold', color))
  let chapters = 0
  return {
    title(text, subtitle) {
      heading(text)
      write(foldLines(subtitle, width, 0))
    },
    chapter(text) {
      chapters += 1
      write('')
      heading(`${chapters}. ${text}`)
    },
    say: (who, text) => line(who, text),
    notify({ event, priority, title }) {
      const start = `${event.padEnd(20)}${priority.padEnd(10)}`
      const text = paint(`${start}${cleanLine(title, 100)}`, toneOf(event, priority), color)
      line('> govstream', text, { style: 'green', indent: start.length })
    },
    tally: (tally) =>
      line('  tally', `${paint(bar(tally), 'green', color)}  ${paint(counts(tally), 'dim', color)}`, {
        indent: barCells + 2,
      }),
    file(path, content) {
      line('file', path)
      const value: unknown = JSON.parse(content)
      // Wrapped or cut JSON could not be copied either way; here it is only to be looked at.
      for (const text of JSON.stringify(value, undefined, 2).split('\n'))
        line('', paint(cutToWidth(text, width - left - 2), 'green', color))
    },
    message(text, { replies, tally }) {
      const [title = '', first = ''] = text.split('\n').map((each) => cleanLine(each, 160))
      const thread = replies === 0 ? '' : ` (${replies} in its thread)`
      line('  # slack', `${paint(title, 'bold', color)}${paint(thread, 'dim', color)}`)
      for (const below of [first, tally]) if (below !== '') line('', paint(below, 'dim', color))
    },
    end(text) {
      write('')
      heading(text)
    },
  }
}

/** Renders a bar of the yes and no votes out of all possible votes. */
function bar({ yes, no, abstain, electorate }: Tally): string {
  const all = Number(electorate ?? yes + no + abstain)
  const cells = (votes: bigint): number => (all === 0 ? 0 : Math.round((Number(votes) / all) * barCells))
  return `${'█'.repeat(cells(yes))}${'▒'.repeat(cells(no))}`.padEnd(barCells, '·').slice(0, barCells)
}

function counts({ yes, no, abstain, decimals, quorum, quorumReached, quorumCounts }: Tally): string {
  const cast = `${countText(yes, decimals)} for, ${countText(no, decimals)} against, ${countText(abstain, decimals)} abstain`
  if (quorum === undefined) return cast
  const counted = quorumCountsText(quorumCounts, { yes: 'for', no: 'against' })
  return `${cast}, quorum ${countText(quorum, decimals)}${counted}${quorumReached === true ? '' : ' not'} reached`
}
