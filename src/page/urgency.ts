/** Levels of urgency; each has one colour. */
export type Urgency = 'calm' | 'soon' | 'urgent'

const hour = 3_600_000

/** Urgent within an hour, soon within a day. */
export function urgencyOf(iso: string, now: number): Urgency {
  const left = Date.parse(iso) - now
  if (left <= hour) return 'urgent'
  return left <= 24 * hour ? 'soon' : 'calm'
}

const tones: Readonly<Record<string, string>> = {
  critical: 'urgent',
  high: 'soon',
  down: 'urgent',
  stalled: 'urgent',
  syncing: 'soon',
  starting: 'soon',
  up: 'good',
  ready: 'good',
  not_ready: 'urgent',
  failed: 'urgent',
  refused: 'urgent',
  dead: 'urgent',
  postponed: 'soon',
  delivered: 'good',
  completed: 'good',
  executed: 'good',
  passed: 'good',
  scheduled: 'calm',
  voting: 'calm',
  in_progress: 'urgent',
}

/** Returns the colour of a status, a priority or a verdict. */
export function toneOf(name: string): string {
  return Object.hasOwn(tones, name) ? (tones[name] ?? 'quiet') : 'quiet'
}
