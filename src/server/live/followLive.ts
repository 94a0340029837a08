import { endWith, firstValueFrom, fromEvent, map, merge, timer } from 'rxjs'
import type { ChainState } from '../../domain/chainState.js'
import type { LiveEvent } from '../../domain/journal/liveEvent.js'
import type { LiveFeed } from './createLiveFeed.js'
import { frameOf, heartbeat, placeOf } from './frame.js'
import { latestTypes } from './latestFrames.js'

/** What one client asks for. */
export interface LiveRequest {
  /** The id of the last event that it had; without one it begins with how all stands. */
  readonly lastEventId?: string
  readonly wantsChain: (chain: string) => boolean
  readonly wantsType: (type: LiveEvent['type']) => boolean
}

const heartbeatMs = 15_000

/**
 * What is to be sent to one client, part by part, each when it is asked for: what it missed, how all stands, then what
 * happens; while nothing does, a heartbeat every 15 seconds. Ends with the feed, where the signal aborts, or where a
 * chain is gone that the client was told of: what it is told when it comes back does not hold that chain.
 *
 * Nothing waits for the client but its place in the journal: a slow one is further behind, and where the journal has
 * gone on without it, it is told so by a `reset`.
 */
export async function* followLive(
  feed: LiveFeed,
  request: LiveRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const leave = feed.join()
  try {
    const next = createReader(feed, request)
    const isOver = (): boolean => signal.aborted || feed.hasEnded()
    while (!isOver()) {
      const parts = next()
      if (parts === undefined) return
      for (const part of feed.encode(parts)) {
        if (signal.aborted) return
        yield part
      }
      if (parts.length > 0 || isOver()) continue
      const woken = await firstValueFrom(
        merge(
          feed.news$.pipe(
            map(() => 'news'),
            endWith('news'),
          ),
          fromEvent(signal, 'abort').pipe(map(() => 'gone')),
          timer(heartbeatMs, feed.scheduler).pipe(map(() => 'quiet')),
        ),
        { defaultValue: 'gone' },
      )
      if (woken === 'quiet') for (const part of feed.encode([heartbeat])) yield part
    }
  } finally {
    leave()
  }
}

/**
 * Gives what comes next for a client each time it is called: nothing where it has all there is, and undefined where no
 * event tells it what has happened.
 */
function createReader(
  feed: LiveFeed,
  { lastEventId, wantsChain, wantsType }: LiveRequest,
): () => readonly string[] | undefined {
  let place = placeIn(lastEventId)
  // How the chains stood when the client was told last.
  let known: ReadonlyMap<string, ChainState> | undefined

  function latest(): readonly string[] | undefined {
    const states = [...feed.states()].filter(({ chain }) => wantsChain(chain))
    const before = known
    const now = new Map(states.map((state) => [state.chain, state]))
    if ([...(before?.keys() ?? [])].some((chain) => !now.has(chain))) return undefined
    known = now
    const frames = states.flatMap((state) =>
      latestTypes.filter(wantsType).flatMap((type) => feed.latestFrames(type, state, before?.get(state.chain))),
    )
    if (before !== undefined || place === undefined) return frames
    const upgrades = wantsType('upgrades')
      ? states.flatMap((state) => feed.latestFrames('upgrades', state, undefined))
      : []
    return [...upgrades, ...frames, placeOf(place)]
  }

  function begin(): readonly string[] {
    place = feed.newest()
    known = undefined
    return latest() ?? []
  }

  return () => {
    if (place === undefined) return begin()
    const entries = feed.entriesAfter(place)
    if (entries === undefined) return [frameOf({ type: 'reset', reason }), ...begin()]
    const last = entries.at(-1)
    if (last === undefined) return latest()
    place = last.id
    const wanted = entries.filter(({ type, chain }) => wantsType(type) && wantsChain(chain))
    return wanted.at(-1) === last
      ? wanted.map(({ frame }) => frame)
      : [...wanted.map(({ frame }) => frame), placeOf(last.id)]
  }
}

const reason =
  'What happened after the last event that was received is not in the journal any more: what follows is how all stands now.'

/** The place of an id; one that cannot be an id is of no journal. */
function placeIn(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined
  return /^\d{1,16}$/.test(lastEventId) ? Number(lastEventId) : NaN
}
