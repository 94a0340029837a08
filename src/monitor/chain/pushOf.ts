import {
  catchError,
  fromEvent,
  lastValueFrom,
  map,
  type Observable,
  of,
  type SchedulerLike,
  take,
  takeUntil,
} from 'rxjs'
import type { LogWriter } from '../../channels/Channel.js'
import { systemsWithRest } from '../../config/systems.js'
import type { ChainConfig } from '../../config/schema.js'
import { reasonOf } from '../../domain/errors.js'
import { durationText } from '../../domain/text/time.js'
import { cometBftPush } from '../../sources/push/cometBftPush.js'
import { ethereumPush } from '../../sources/push/ethereumPush.js'
import { pushAnswers, pushHeads, type PushServer } from '../../sources/push/pushHeads.js'
import type { ServerAccess } from '../createServerAccess.js'

/**
 * What the subscription to pushed heads needs: the polled heights, the log, and the clock and randomness for retries.
 */
interface PushDeps {
  readonly polled$: Observable<bigint>
  readonly log: LogWriter
  readonly random: () => number
  readonly scheduler: SchedulerLike
}

/** A subscription to the heads that a chain pushes. */
export interface Push {
  heads(deps: PushDeps): Observable<void>
  /** Tries the WebSocket once and reports the result in a sentence. */
  inspect(signal: AbortSignal): Promise<PushReport>
}
/** The result of one test of a chain's WebSocket. */
export interface PushReport {
  readonly summary: string
  /** Why no heads are pushed. */
  readonly problem?: string
}

/** The subscription to heads over the WebSocket of a chain; undefined if none is configured. */
export function pushOf(
  { name, rpc: { urls, ws, headers }, governance: { system } }: ChainConfig,
  { openSocket, conceal }: Pick<ServerAccess, 'openSocket' | 'conceal'>,
): Push | undefined {
  if (ws === undefined) return undefined
  const url = new URL(ws)
  // The WebSocket often has another port than the HTTP endpoint, so only the host is compared. Headers that are sent
  // encrypted to the HTTP endpoint are never sent here in clear text.
  const isKnown = urls.some((other) => {
    const { hostname, protocol } = new URL(other)
    return hostname === url.hostname && (protocol === 'http:' || url.protocol === 'wss:')
  })
  const server: PushServer = {
    chain: name,
    url,
    headers: isKnown ? headers : {},
    open: openSocket,
    conceal,
    dialect: systemsWithRest.includes(system) ? cometBftPush : ethereumPush,
  }
  const push: Push = {
    heads({ log, ...deps }) {
      let isTold = false
      return pushHeads({
        ...server,
        onOutage: ({ reason, failures, waitMs }) => {
          // Logs failures 1, 2, 4, 8 and so on of a row.
          if (!Number.isInteger(Math.log2(failures))) return
          isTold = true
          const again = durationText(Math.ceil(waitMs / 1000))
          log.warn(
            { chain: name, failures },
            conceal(`no heads are pushed, polls go on: ${reason} It is tried again in ${again}.`),
          )
        },
        onRecovery: () => {
          if (isTold) log.info({ chain: name }, 'heads are pushed again')
          isTold = false
        },
        ...deps,
      })
    },
    async inspect(signal) {
      const stopped$ = fromEvent(signal, 'abort')
      return lastValueFrom(
        pushAnswers(server).pipe(
          take(1),
          map(() => ({ summary: `heads are pushed by ${url.host}` })),
          catchError((cause: unknown) => of({ summary: '', problem: conceal(reasonOf(cause)) })),
          takeUntil(stopped$),
        ),
        { defaultValue: { summary: '', problem: 'stopped' } },
      )
    },
  }
  return push
}
