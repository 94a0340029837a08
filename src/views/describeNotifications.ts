import { isJsonObject, type Json } from '../domain/text/json.js'
import type { AuditEntry } from '../store/Store.js'

/** The audit entries and silences for the notifications of one key. */
export interface ToldEntries {
  /** Audit entries about the key, oldest first. */
  readonly entries: readonly AuditEntry[]
  /** Ids of its notifications that were silenced, each with the id of the silence. */
  readonly silenced: ReadonlyMap<string, string>
  /** Formats Unix milliseconds for the reader. */
  readonly time: (ms: number) => string
}

// Maximum number of notifications described.
const maxDescribed = 20

/**
 * Describes the notifications, one sentence each, newest last: when and through which handlers they were sent, or what
 * held them back.
 */
export function describeNotifications({ entries, silenced, time }: ToldEntries): readonly string[] {
  const told = entries.flatMap(({ at, kind, detail }) =>
    kind === 'notification' && isJsonObject(detail)
      ? [{ at, id: textOf(detail['id']), event: textOf(detail['event']), priority: textOf(detail['priority']) }]
      : [],
  )
  if (told.length === 0) return ['No notification: there was nothing to report.']
  const earlier = told.length - maxDescribed
  const sentences = told.slice(-maxDescribed).map(({ at, id, event, priority }) => {
    const silence = silenced.get(id)
    const ways = silence === undefined ? deliveryWays(id, entries, time) : `held back by silence ${silence}`
    return `${event} (${priority}) ${time(at)}: ${ways}.`
  })
  return [...(earlier > 0 ? [`${earlier} earlier ones.`] : []), ...sentences]
}

/** Describes the result for one notification at each handler. */
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
  return last.size === 0 ? 'in the inbox only: no handler takes it, or it still waits' : [...last.values()].join(', ')
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
