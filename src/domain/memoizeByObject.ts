/** A pure function of one immutable object that works its answer out once for each, and forgets it with the object. */
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
