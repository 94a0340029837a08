import type { PresentFile } from './readUpgradeInfo.js'

/** A file that lies there unchanged for this long is what it is; nobody is about to finish it. Milliseconds. */
const restMs = 2_000
/** However often it changes in between, it is waited for no longer than this. Milliseconds. */
const limitMs = 30_000
/** By the clock of the file system, which may be another than ours, a file this old is finished. Milliseconds. */
const oldMs = 60_000

/**
 * Makes the function that knows a file somebody may be writing just now: empty or no JSON, and touched lately.
 *
 * It remembers the last such file, so that two looks with a rest between them settle it, whatever the clocks say.
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
