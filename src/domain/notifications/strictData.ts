/**
 * The same data, of which nothing can be read that is not there: that throws a `TypeError`, as what is made of
 * `undefined` would be a text of the word. What a later version does not write, or an earlier one did not, is asked for
 * with `in`.
 */
export function strictData<Data extends object>(data: Data): Data {
  // A copy: of a frozen object a proxy may give nothing but what it holds.
  const copy: Data = Array.isArray(data) ? Object.assign([], data) : { ...data }
  return new Proxy(copy, {
    get: (parts, key) => {
      const part: unknown = Reflect.get(parts, key)
      if (part === undefined && typeof key === 'string') throw new TypeError(`The data has no ${key}.`)
      return typeof part === 'object' && part !== null ? strictData(part) : part
    },
  })
}

/** The second answer where the first one stumbles over data that is not there, or is of another kind. */
export function orElse<T>(first: () => T, second: () => T): T {
  try {
    return first()
  } catch (error) {
    // A wrong zone is a mistake in the configuration, and not of the notification.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error
    return second()
  }
}
