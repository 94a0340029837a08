import { RemoteError } from '../domain/errors.js'
import type { LiveEvent } from '../domain/journal/liveEvent.js'
import { sizeOf } from './sizeOf.js'
import { completed, opened, type RemoteState, type RemoteSync, stepRemote } from './stepRemote.js'

/** The current state of a remote govstream, received over one connection after the other. */
export interface HeldRemoteState {
  /** Absent until the state was received as a whole once. */
  readonly state: () => RemoteState | undefined
  readonly open: () => void
  readonly complete: () => void
  /**
   * @param chars - Length of the event's data.
   * @throws RemoteError if the state is larger than a process should hold.
   */
  readonly take: (event: LiveEvent, chars: number) => void
}

// Maximum size of the state, in bytes: thirty thousand proposals of the usual length.
const mostHeld = 100_000_000

/**
 * Holds the current state of a remote govstream, within a limit. The size is measured only after a certain number of
 * new characters, so that the measuring takes time linear in the input.
 */
export function holdRemoteState({ origin }: URL): HeldRemoteState {
  let sync: RemoteSync = {}
  let sinceMeasured = 0
  const tooMuch = (what: string): RemoteError =>
    new RemoteError(`${origin} sent more than ${what}: check that it is the address of a govstream.`)

  return {
    state: () => sync.state,
    open: () => {
      sync = opened(sync)
    },
    complete: () => {
      sync = completed(sync)
    },
    take: (event, chars) => {
      try {
        sync = stepRemote(sync, event)
      } catch (cause) {
        throw cause instanceof RangeError ? tooMuch(cause.message) : cause
      }
      sinceMeasured += chars
      if (sinceMeasured < mostHeld / 2) return
      sinceMeasured = 0
      if (sizeOf(sync) > mostHeld) throw tooMuch(`${mostHeld / 1e6} MB`)
    },
  }
}
