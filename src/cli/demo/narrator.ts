import { countText } from '../../domain/phrases.js'
import type { Notification } from '../../domain/notification.js'
import type { Tally } from '../../domain/proposal.js'
import { cleanLine } from '../../domain/text.js'
import { paint, type Style } from '../output/paint.js'
import { toneOf } from '../output/toneOf.js'

export interface NarratorOptions {
  /** Takes whole lines. */
  readonly write: (text: string) => void
  readonly color: boolean
}

/** Tells the story, one line a happening: who on the left, what on the right. */
export interface Narrator {
  readonly title: (text: string, subtitle: string) => void
  readonly chapter: (text: string) => void
  readonly say: (who: string, text: string) => void
  readonly notify: (notification: Notification) => void
  readonly tally: (tally: Tally) => void
  readonly file: (path: string, content: string) => void
  readonly end: (text: string) => void
}

const left = 14
const barCells = 20

export function narrator({ write, color }: NarratorOptions): Narrator {
  const line = (who: string, text: string, style?: Style): void =>
    write(`  ${paint(who.padEnd(left), style ?? 'dim', color)}${text}`)
  let chapters = 0
  return {
    title(text, subtitle) {
      write(paint(text, 'bold', color))
      write(subtitle)
    },
    chapter(text) {
      chapters += 1
      write('')
      write(paint(`${chapters}. ${text}`, 'bold', color))
    },
    say: (who, text) => line(who, text),
    notify({ event, priority, title }) {
      const text = `${event.padEnd(20)}${priority.padEnd(10)}${cleanLine(title, 100)}`
      line('> govstream', paint(text, toneOf(event, priority), color), 'green')
    },
    tally: (tally) => line('  tally', `${paint(bar(tally), 'green', color)}  ${paint(counts(tally), 'dim', color)}`),
    file(path, content) {
      line('file', path)
      const value: unknown = JSON.parse(content)
      for (const text of JSON.stringify(value, undefined, 2).split('\n')) line('', paint(text, 'green', color))
    },
    end(text) {
      write('')
      write(paint(text, 'bold', color))
    },
  }
}

/** What the votes are out of all that could be cast: yes, no, and the rest. */
function bar({ yes, no, abstain, electorate }: Tally): string {
  const all = Number(electorate ?? yes + no + abstain)
  const cells = (votes: bigint): number => (all === 0 ? 0 : Math.round((Number(votes) / all) * barCells))
  return `${'█'.repeat(cells(yes))}${'▒'.repeat(cells(no))}`.padEnd(barCells, '·').slice(0, barCells)
}

function counts({ yes, no, abstain, decimals, quorum, quorumReached }: Tally): string {
  const cast = `${countText(yes, decimals)} for, ${countText(no, decimals)} against, ${countText(abstain, decimals)} abstain`
  return quorum === undefined
    ? cast
    : `${cast}, quorum of ${countText(quorum, decimals)}${quorumReached === true ? '' : ' not'} reached`
}
