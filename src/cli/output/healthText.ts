import { blocksText } from '../../domain/notifications/phrases.js'
import type { WatchedChain } from '../../views/statusView.js'
import type { Style } from './paint.js'

/** Describes the health of a chain in one or two words. */
export function healthText({ enabled, state }: WatchedChain): string {
  if (!enabled) return 'not watched'
  if (state === undefined) return 'not read yet'
  const { state: health, backlog } = state.health
  return backlog > 0n ? `${health}, ${blocksText(backlog)} to go` : health
}

const styles: Readonly<Record<string, Style>> = { up: 'green', stalled: 'yellow', syncing: 'yellow', down: 'red' }

/** Returns the colour of that text. */
export function healthStyle({ state }: WatchedChain): Style | undefined {
  return styles[state?.health.state ?? '']
}
