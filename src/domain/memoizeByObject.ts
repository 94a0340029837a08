/** Memoizes a pure function of one immutable object. The result is dropped when the object is garbage-collected. */
export function memoizeByObject<Key extends object, Value>(work: (key: Key) => Value): (key: Key) => Value {
  const answers = new WeakMap<Key, { readonly value: Value }>()
  return (key) => {
    const known = answers.get(key)
    if (known !== undefined) return known.value
    const value = work(key)
    answers.set(key, { value })
    return value
  }
}
