import { SourceError } from '../../domain/errors.js'
import type { GoodReading } from '../../domain/reading.js'
import type { GovernanceReader, ReadRequest } from '../governance/GovernanceReader.js'

/** A reading, and the host it was made at, if known. */
export interface ServedReading {
  readonly reading: GoodReading
  readonly servedBy: string | undefined
}

/** A reader that avoids hosts that have hidden something. */
export interface DistrustfulReader {
  /** Reads at a distrusted host only if no other host answers. Rejects like the wrapped reader. */
  read(request: ReadRequest): Promise<ServedReading>
  /** Avoids this host for an hour. */
  distrust(host: string): void
}

const distrustMs = 3_600_000

/** @param now - Returns the time in Unix milliseconds. */
export function createDistrustfulReader(reader: GovernanceReader, now: () => number): DistrustfulReader {
  const distrustedUntil = new Map<string, number>()
  const isDistrusted = (host: string): boolean => (distrustedUntil.get(host) ?? 0) > now()

  async function read(request: ReadRequest): Promise<ServedReading> {
    let hasRefused = false
    let servedBy: string | undefined
    const readAt = (accepts: (host: string) => boolean): Promise<GoodReading> =>
      reader.read({
        ...request,
        async vouch(told) {
          if (told.host !== undefined && !accepts(told.host)) {
            hasRefused = true
            throw new SourceError('transient', `${told.host} of ${reader.chain} has withheld a proposal.`)
          }
          await request.vouch?.(told)
          servedBy = told.host
        },
      })
    const reading = await readAt((host) => !isDistrusted(host)).catch((cause: unknown) => {
      if (!hasRefused || request.signal.aborted) throw cause
      return readAt(() => true)
    })
    return { reading, servedBy }
  }

  return { read, distrust: (host) => void distrustedUntil.set(host, now() + distrustMs) }
}
