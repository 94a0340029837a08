import { isJsonObject, type Json } from '../domain/text/json.js'
import type { DeliveryStanding } from '../store/DeliveryStore.js'
import type { AuditEntry } from '../store/Store.js'

/** The audit entries and silences for the notifications of one key. */
export interface ToldEntries {
  /** Audit entries about the key, oldest first. */
  readonly entries: readonly AuditEntry[]
  /** Ids of its notifications that were silenced, each with the id of the silence. */
  readonly silenced: ReadonlyMap<string, string>
  /** Returns where the deliveries of a notification stand; none if it is no longer in the inbox. */
  readonly deliveriesOf: (id: string) => readonly DeliveryStanding[]
  /** Formats Unix milliseconds for the reader. */
  readonly time: (ms: number) => string
}

// Maximum number of notifications described.
const maxDescribed = 20

/**
 * Describes the notifications, one sentence each, newest last: when and through which handlers they were sent, or what
 * held them back.
 */
export function describeNotifications({ entries, silenced, deliveriesOf, time }: ToldEntries): readonly string[] {
  const told = entries.flatMap(({ at, kind, detail }) =>
    kind === 'notification' && isJsonObject(detail)
      ? [{ at, id: textOf(detail['id']), event: textOf(detail['event']), priority: textOf(detail['priority']) }]
      : [],
  )
  if (told.length === 0) return ['No notification: there was nothing to report.']
  const earlier = told.length - maxDescribed
  const sentences = told.slice(-maxDescribed).map(({ at, id, event, priority }) => {
    const silence = silenced.get(id)
    const standings = deliveriesOf(id).map((standing) => standingText(standing, time))
    const ways =
      silence !== undefined
        ? `held back by silence ${silence}`
        : standings.length > 0
          ? standings.join(', ')
          : deliveryWays(id, entries, time)
    return `${event} (${priority}) ${time(at)}: ${ways}.`
  })
  return [...(earlier > 0 ? [`${earlier} earlier ones.`] : []), ...sentences]
}

/** Describes where one delivery stands. */
function standingText({ handler, state, attempts, at, reason }: DeliveryStanding, time: ToldEntries['time']): string {
  const tries = attempts > 1 ? ` at try ${attempts}` : ''
  const why = reason === '' ? '' : ` (${reason.replace(/\.$/, '')})`
  switch (state) {
    case 'delivered':
      return `through ${handler}${tries} ${time(at)}`
    case 'dead':
      return `given up through ${handler}${tries} ${time(at)}${why}`
    case 'held':
      return `held for ${handler} until ${time(at)}`
    case 'pending':
      return attempts === 0 ? `not yet through ${handler}` : `not yet through ${handler}${why}, next try ${time(at)}`
  }
}

/** Describes the same from the audit trail, for a notification that is no longer in the inbox. */
function deliveryWays(id: string, entries: ToldEntries['entries'], time: ToldEntries['time']): string {
  const last = new Map<string, string>()
  for (const { at, kind, detail } of entries) {
    if (kind !== 'delivery' || !isJsonObject(detail) || detail['id'] !== id) continue
    const [handler, result, reason] = [textOf(detail['handler']), detail['result'], textOf(detail['reason'])]
    const tries = detail['attempt'] === 1 ? '' : ` at try ${textOf(detail['attempt'])}`
    last.set(
      handler,
      result === 'delivered'
        ? `through ${handler}${tries} ${time(at)}`
        : `${result === 'postponed' ? 'not yet' : 'given up'} through ${handler}${tries} ${time(at)} (${reason.replace(/\.$/, '')})`,
    )
  }
  return last.size === 0 ? 'in the inbox only: no handler takes it' : [...last.values()].join(', ')
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
