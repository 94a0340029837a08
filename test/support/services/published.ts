import type { z } from 'zod'

/** A type of a service, with its enumerations as the sent texts. */
export type Sent<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Item)[]
    ? Sent<Item>[]
    : T extends object
      ? { [Key in keyof T]: Sent<T[Key]> }
      : T

type KeyOf<T> = T extends readonly unknown[] ? never : T extends object ? keyof T : never
type At<T, Key> = T extends object ? (Key extends keyof T ? T[Key] : never) : never
type ItemOf<T> = T extends readonly (infer Item)[] ? Item : never

/** The keys of ours, at any depth, that no value of theirs has there. */
type Stray<Ours, Theirs> = Ours extends readonly (infer Item)[]
  ? Stray<Item, ItemOf<Theirs>>
  : Ours extends object
    ? Exclude<keyof Ours, KeyOf<Theirs>> | { [Key in keyof Ours]-?: Stray<Ours[Key], At<Theirs, Key>> }[keyof Ours]
    : never

/**
 * A schema of a stand-in that the compiler checks against the published type of the service:
 * each value fits that type, and has no key that the type lacks. An extra key is requested as
 * an argument.
 */
export function published<Theirs>() {
  return <Schema extends z.ZodType<Theirs>>(
    schema: Schema,
    ..._stray: [Stray<z.output<Schema>, Theirs>] extends [never] ? [] : [Stray<z.output<Schema>, Theirs>]
  ): Schema => schema
}
