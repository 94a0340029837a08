import * as z from 'zod'

/** What one message of a node that pushes its heads means. */
export type PushMessage =
  | { readonly kind: 'subscribed' }
  /** There is a new head. The text tells one push from the next, and is believed for nothing else. */
  | { readonly kind: 'head'; readonly head: string }
  /** The node pushes nothing, or no longer. The reason is in its own words, of any length. */
  | { readonly kind: 'refused'; readonly reason: string }

/** How one kind of node is asked to push its heads, and how it does. */
export interface PushDialect {
  /** The one message that is sent. */
  readonly subscription: string
  /** Of whatever came; `undefined` for what says nothing of heads. */
  readonly read: (message: string) => PushMessage | undefined
}

/** A JSON-RPC error, of whatever shape, as a refusal. */
export const refusal = z
  .object({ error: z.object({ message: z.string(), data: z.string().optional().catch(undefined) }) })
  .transform(({ error: { message, data = '' } }): PushMessage => ({
    kind: 'refused',
    reason: data === '' ? message : `${message}: ${data}`,
  }))
