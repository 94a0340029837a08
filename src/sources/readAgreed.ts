import { SourceError } from '../domain/errors.js'
import { allInOrder } from './rpc/allInOrder.js'

// A node that keeps changing its answer is not asked more often than this.
const mostReads = 4

/** What two readings are compared by. */
interface Agreement<T> {
  /** Subject of the sentence if they never agree. */
  readonly where: string
  /** Equal for values that mean the same. */
  readonly meaningOf: (value: T) => string
}

/**
 * Reads what is then believed for a long time, until two readings in a row agree, because a single answer may be wrong.
 * `known` counts as the reading before the first, so an unchanged value is read once. Without it, two readings start in
 * the same tick and share a request. A permanent failure has to be repeated like a value.
 *
 * @throws SourceError, transient, if four readings do not agree; any other failure of a reading, at once.
 */
export async function readAgreed<T>(
  read: () => Promise<T>,
  known: T | undefined,
  { where, meaningOf }: Agreement<T>,
): Promise<T> {
  const tried = (): Promise<Outcome<T>> => outcomeOf(read())
  const textOf = (outcome: Outcome<T>): string =>
    'value' in outcome ? `is ${meaningOf(outcome.value)}` : outcome.failure.message
  let [before, now] =
    known === undefined ? await allInOrder([tried(), tried()]) : ([{ value: known }, await tried()] as const)
  for (let reads = 2; textOf(before) !== textOf(now); reads++) {
    if (reads === mostReads)
      throw new SourceError('transient', `${where} gives different answers to the same question.`)
    ;[before, now] = [now, await tried()]
  }
  if ('value' in now) return now.value
  throw now.failure
}

type Outcome<T> = { readonly value: T } | { readonly failure: SourceError }

async function outcomeOf<T>(reading: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await reading }
  } catch (failure) {
    if (failure instanceof SourceError && failure.kind === 'permanent') return { failure }
    throw failure
  }
}
