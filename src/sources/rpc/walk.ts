/** First error along the `cause` chain, `error` included, that satisfies `matches`. */
export function walk<E>(error: unknown, matches: (error: unknown) => error is E): E | undefined {
  if (matches(error)) return error
  return error instanceof Error ? walk(error.cause, matches) : undefined
}
