import type { PresentFile } from './readUpgradeInfo.js'

/** Milliseconds without a change after which a file counts as finished. */
const restMs = 2_000
/** Maximum wait in milliseconds, however often the file changes. */
const limitMs = 30_000
/**
 * Age in milliseconds, by the clock of the file system, at which a file counts as finished. That clock may differ from
 * ours.
 */
const oldMs = 60_000

/**
 * Creates the function that detects a file which another process may be writing: empty or incomplete JSON, and changed
 * recently.
 *
 * It remembers the last such file, so that two checks with enough time between them decide, whatever the clocks show.
 */
export function unfinishedFiles(now: () => number): (present: PresentFile) => boolean {
  let first: { readonly at: number; readonly changedAt: number; readonly mark: string } | undefined
  return ({ content, stats }) => {
    const isOpen = content.kind === 'empty' || (content.kind === 'foreign' && content.cutOff === true)
    if (stats === undefined || !isOpen) {
      first = undefined
      return false
    }
    const time = now()
    const age = time - Number(stats.mtimeMs)
    if (age > oldMs) return false
    const mark = `${stats.ino}.${stats.mtimeNs}.${stats.size}`
    first = { at: first?.at ?? time, mark, changedAt: first?.mark === mark ? first.changedAt : time }
    return time - first.changedAt < restMs && time - first.at < limitMs
  }
}
