import { type Stage, stage } from './stage.js'

/**
 * Treats a reading of an older block than before only as a sign that the node is alive. A reorg is not such a reading.
 */
export function ignoreOlder(): Stage {
  return stage('ignoreOlder', (draft) => {
    const { event, before } = draft
    if (event.type !== 'reading' || before.proposalsReadTo === undefined) return draft
    const { at, rewoundTo } = event.reading
    return at.number < before.proposalsReadTo && rewoundTo === undefined
      ? { ...draft, event: { ...event, type: 'alive' } }
      : draft
  })
}
