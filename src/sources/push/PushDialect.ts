import * as z from 'zod'

/** The meaning of one message from a node that pushes its heads. */
export type PushMessage =
  | { readonly kind: 'subscribed' }
  /** There is a new head. The text only distinguishes one push from the next. */
  | { readonly kind: 'head'; readonly head: string }
  /** The node does not push heads, or has stopped. The reason is text of the node, of any length. */
  | { readonly kind: 'refused'; readonly reason: string }

/** How to subscribe to the heads of one kind of node, and how to read its messages. */
export interface PushDialect {
  /** The one message that is sent to subscribe. */
  readonly subscription: string
  /** Reads any message; returns `undefined` if it is not about heads. */
  readonly read: (message: string) => PushMessage | undefined
}

/** A JSON-RPC error of any shape, read as a refusal. */
export const refusal = z
  .object({ error: z.object({ message: z.string(), data: z.string().optional().catch(undefined) }) })
  .transform(({ error: { message, data = '' } }): PushMessage => ({
    kind: 'refused',
    reason: data === '' ? message : `${message}: ${data}`,
  }))
