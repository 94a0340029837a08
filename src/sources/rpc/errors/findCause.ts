/** Returns the first error along the `cause` chain, starting with `error` itself, that satisfies `matches`. */
export function findCause<E>(error: unknown, matches: (error: unknown) => error is E): E | undefined {
  if (matches(error)) return error
  return error instanceof Error ? findCause(error.cause, matches) : undefined
}
