import { asyncScheduler, map, NEVER, type Observable, type ObservableInput, of } from 'rxjs'
import { DeliveryError } from '../../../src/domain/errors.js'
import { deliverOutbox } from '../../../src/sinks/outbox/deliverOutbox.js'
import type { DeliveryReport } from '../../../src/sinks/outbox/DeliveryReport.js'
import type { OutboxLane, OutboxStore } from '../../../src/sinks/outbox/OutboxOptions.js'

export const down = new DeliveryError('transient', 'It is down.')

export const gone = new DeliveryError('permanent', 'It is gone.')

/** A handler that answers with streams, for virtual time. */
export function lane(handle: (id: string) => ObservableInput<unknown>, over: Partial<OutboxLane> = {}): OutboxLane {
  return { handler: { type: 'test', handle: ({ id }) => handle(id) }, timeoutMs: 30_000, ...over }
}

/** Delivers in virtual time, including the host clock; a report is shown as one line of text. */
export function deliver(
  store: OutboxStore,
  lanes: Readonly<Record<string, OutboxLane>>,
  wake$: Observable<unknown> = NEVER,
  lanes$: Observable<Readonly<Record<string, OutboxLane>>> = of(lanes),
): Observable<string> {
  return deliverOutbox({
    store,
    handlers: new Map(Object.entries(lanes)),
    handlers$: lanes$.pipe(map((now) => new Map(Object.entries(now)))),
    wake$,
    now: () => asyncScheduler.now(),
    random: () => 1,
  }).pipe(map(brief))
}

function brief(report: DeliveryReport): string {
  return `${report.handler}/${report.id} ${report.result} ${report.attempt}${report.result === 'postponed' ? ` until ${report.until}` : ''}`
}
