import { blocksText } from '../../domain/notifications/phrases.js'
import { durationText } from '../../domain/text/time.js'
import type { SyncProgress } from '../../sources/createReader.js'
import type { Terminal } from '../Terminal.js'
import { movingLine } from './movingLine.js'

/** The last line of a terminal, which shows the progress of reading histories; other lines appear above it. */
export interface ProgressLine {
  readonly progress: (progress: SyncProgress) => void
  /** Writes whole lines above the progress line. */
  readonly above: (text: string) => void
  readonly end: () => void
}

// Minimum time between two updates, in milliseconds.
const drawEveryMs = 100

/** @param now - Host clock, Unix milliseconds. */
export function progressLine(terminal: Pick<Terminal, 'draw' | 'note' | 'noteWidth'>, now: () => number): ProgressLine {
  // One entry per chain, so the configuration bounds the size.
  const under = new Map<string, SyncProgress>()
  const { show: draw, erase } = movingLine(terminal)
  let drawnAt = -Infinity

  const show = (): void => {
    if (under.size === 0) return
    draw(progressText([...under.values()]))
    drawnAt = now()
  }
  return {
    progress: (progress) => {
      if (progress.toGo > 0n) under.set(progress.chain, progress)
      else under.delete(progress.chain)
      if (under.size === 0) erase()
      else if (Math.abs(now() - drawnAt) >= drawEveryMs) show()
    },
    above: (text) => {
      erase()
      terminal.note(text)
      show()
    },
    end: () => {
      erase()
      under.clear()
    },
  }
}

function progressText(all: readonly SyncProgress[]): string {
  const [only] = all
  if (only === undefined) return ''
  const shares = all.map(({ chain, done, toGo }) => `${chain} ${share(done, done + toGo)} %`).join(', ')
  if (all.length > 1) return `reading the history: ${shares}`
  const { toGo, secondsLeft } = only
  return `reading the history: ${shares}, ${blocksText(toGo)} to go${secondsLeft === undefined ? '' : `, about ${durationText(secondsLeft)}`}`
}

function share(part: bigint, whole: bigint): string {
  return whole === 0n ? '100' : String((part * 100n) / whole)
}
