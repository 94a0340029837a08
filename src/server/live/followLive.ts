import { endWith, firstValueFrom, fromEvent, map, merge, timer } from 'rxjs'
import type { ChainState } from '../../domain/chainState.js'
import type { LiveEvent } from '../../domain/journal/liveEvent.js'
import type { LiveFeed } from './createLiveFeed.js'
import { frameOf, heartbeat, placeOf } from './frame.js'
import { latestTypes } from './latestFrames.js'

/** The request of one client. */
export interface LiveRequest {
  /** The id of the last event that the client received; without one the stream begins with the current state. */
  readonly lastEventId?: string
  readonly wantsChain: (chain: string) => boolean
  readonly wantsType: (type: LiveEvent['type']) => boolean
}

const heartbeatMs = 15_000

/**
 * Generates the chunks of one client, each when it is pulled: what it missed, the current state, then new events; a
 * heartbeat every 15 seconds while there are none. Ends with the feed, when the signal aborts, or when a chain is
 * removed that the client was told of; the state that it gets when it reconnects does not contain that chain.
 *
 * Nothing is buffered for the client except its position in the journal. A slow client is further behind, and gets a
 * `reset` if the journal no longer holds what follows its position.
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
      const frames = next()
      if (frames === undefined) return
      for (const chunk of feed.chunksOf(frames)) {
        if (signal.aborted) return
        yield chunk
      }
      if (frames.length > 0 || isOver()) continue
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
      if (woken === 'quiet') yield heartbeat
    }
  } finally {
    leave()
  }
}

/**
 * Creates a function that returns the next frames of a client each time it is called: none if the client is up to date,
 * and undefined if no event can tell it what happened.
 */
function createReader(
  feed: LiveFeed,
  { lastEventId, wantsChain, wantsType }: LiveRequest,
): () => readonly Uint8Array[] | undefined {
  let place = placeIn(lastEventId)
  // The states that the client was told last.
  let known: ReadonlyMap<string, ChainState> | undefined

  function latest(): readonly Uint8Array[] | undefined {
    const states = [...feed.states()].filter(({ chain }) => wantsChain(chain))
    const before = known
    const now = new Map(states.map((state) => [state.chain, state]))
    if ([...(before?.keys() ?? [])].some((chain) => !now.has(chain))) return undefined
    known = now
    const frames = states.flatMap((state) =>
      latestTypes.filter(wantsType).flatMap((type) => feed.latestFrames(type, state, before?.get(state.chain))),
    )
    // The journal has the later changes of upgrades, but not those that a chain had when a reload added it.
    const added = wantsType('upgrades') ? states.filter(({ chain }) => before?.has(chain) !== true) : []
    const upgrades = added.flatMap((state) => feed.latestFrames('upgrades', state, undefined))
    const end = before === undefined && place !== undefined ? [placeOf(place)] : []
    return [...upgrades, ...frames, ...end]
  }

  function begin(): readonly Uint8Array[] {
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
  'What happened after the last event that was received is no longer in the journal: the current state follows.'

/** Parses the position of an id; NaN, which is in no journal, if it cannot be an id. */
function placeIn(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined
  return /^\d{1,16}$/.test(lastEventId) ? Number(lastEventId) : NaN
}
