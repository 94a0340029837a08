import { z } from '@hono/zod-openapi'

/** Any JSON object. TypeScript does not finish on hono's types if they contain a recursive one. */
export type Item = Readonly<Record<string, unknown>>

/** A whole number in decimal digits, because heights and amounts may exceed a JSON number. */
export const digits = z.string().regex(/^-?\d+$/)
export const time = z.iso.datetime()

// `z.optional` throughout: the document made of these takes what is `z.exactOptional` for required.
export const awaits = z.optional(
  z.literal('execution').describe('Set on a pending upgrade whose proposal has passed: what it waits for.'),
)

export const unreadyNodes = z.array(
  z.strictObject({ host: z.string(), reason: z.string(), readyUntil: time.nullable() }),
)
export const unready = z.optional(
  unreadyNodes.describe(
    'Nodes that are not ready; each reason is one of `reasons`. If one was ready before, until when.',
  ),
)
