import { type RunHelpers, TestScheduler } from 'rxjs/testing'
import { expect } from 'vitest'

/** Wraps a synchronous marble test: new virtual clock, strict equality, no promises. */
export function marbles(body: (run: RunHelpers) => void): () => void {
  return () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toStrictEqual(expected)
    })
    const returned = scheduler.run<unknown>(body)
    if (returned instanceof Promise) throw new TypeError('a marble body must be synchronous')
  }
}

/** A table of marble letters that throws on an undefined letter. */
export function letters<T>(table: Readonly<Record<string, T>>): Record<string, T> {
  return new Proxy<Record<string, T>>(
    { ...table },
    {
      get(known, letter) {
        if (typeof letter !== 'string' || !(letter in known))
          throw new RangeError(`no value for letter ${String(letter)}`)
        return known[letter]
      },
    },
  )
}
