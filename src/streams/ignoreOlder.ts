import { type Stage, stage } from './stage.js'

/** Takes nothing from a reading of an older block than before, but that the node lives; a reorg is no such reading. */
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
