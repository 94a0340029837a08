import { type HealthOptions, stepHealth } from '../domain/stepHealth.js'
import { type Stage, stage } from './stage.js'

/**
 * Updates the health of the chain after each poll: a good reading, a sign of life without new data, or a missed poll.
 */
export function assessHealth(options: HealthOptions = {}): Stage {
  return stage('assessHealth', (draft) => {
    const { event, before, state } = draft
    if (event.type === 'wrote') return draft
    const health =
      event.type === 'alive'
        ? stepHealth(
            state.health,
            { ...event.reading, head: before.head ?? event.reading.head, backlog: state.health.backlog },
            state.blockTime,
            { ...options, answers: event.reading.head.number },
          )
        : stepHealth(state.health, event.reading, state.blockTime, options)
    return { ...draft, state: { ...state, health } }
  })
}
