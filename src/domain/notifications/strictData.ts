/**
 * Returns the data behind a proxy that throws a `TypeError` when a missing property is read; otherwise texts would
 * contain the word "undefined". Use `in` to test for properties that another version may not have written.
 */
export function strictData<Data extends object>(data: Data): Data {
  // The proxy wraps a copy, because for a frozen object it could only return the stored values.
  const copy: Data = Array.isArray(data) ? Object.assign([], data) : { ...data }
  return new Proxy(copy, {
    get: (parts, key) => {
      const part: unknown = Reflect.get(parts, key)
      if (part === undefined && typeof key === 'string') throw new TypeError(`The data has no ${key}.`)
      return typeof part === 'object' && part !== null ? strictData(part) : part
    },
  })
}

/** Returns the second result if the first function fails because the data lacks something or has another type. */
export function withFallback<T>(first: () => T, second: () => T): T {
  try {
    return first()
  } catch (error) {
    // A RangeError is rethrown: an invalid time zone is an error of the configuration, not of the notification.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error
    return second()
  }
}
