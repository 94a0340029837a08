import { z } from '@hono/zod-openapi'
import { namesText } from '../domain/text/namesText.js'
import { refusal } from './problem.js'
import type { Item } from './schemaParts.js'
import { problemResponse, type ProblemResponse } from './schemas.js'
import { toldAs } from './wrongParameter.js'

const mostItems = 1_000
const usual = 100
const limitForm = toldAs(`expected a whole number from 1 to ${mostItems}`)

/** The query parameters of every list: the size of a page and its start. */
export const pageKeys = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, { error: limitForm })
    .transform(Number)
    .pipe(z.int().max(mostItems, { error: limitForm }))
    .default(usual)
    .openapi({
      type: 'integer',
      minimum: 1,
      maximum: mostItems,
      default: usual,
      description: 'Most items of the answer.',
    }),
  after: z.optional(z.string().max(2_000)).describe('The `next` of the page before this one.'),
}

/** Creates the schema of a query that accepts only these keys. */
export function strictQuery<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape)
  const hint = known.length === 0 ? 'none is taken here' : `known here: ${namesText(known)}`
  const words = toldAs(`unknown parameter; ${hint}`)
  return z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? words : undefined) })
}

/** One page, and where the next one begins; null on the last page. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

/** The error for an `after` that names no item of the list. */
export const goneItem = 'after: expected the `next` of a page of this list; where its item is gone, begin anew.'

/** Cuts a page out of a list that is short enough to be in memory; `cursor` names each item. */
export function pageOf<T>(
  all: readonly T[],
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  cursor: (item: T) => string,
): Page<T> {
  const from = after === undefined ? 0 : all.findIndex((item) => cursor(item) === after) + 1
  if (after !== undefined && from === 0) throw refusal(400, goneItem)
  const items = all.slice(from, from + limit)
  const last = items.at(-1)
  return { items, next: last === undefined || from + limit >= all.length ? null : cursor(last) }
}

/** The body of the answer of a list. */
interface ListBody {
  items: Item[]
  next: string | null
}

export function listBody(items: readonly Item[], next: string | null): ListBody {
  return { items: [...items], next }
}

// A type and not an interface, because hono requires an index signature over all statuses.
type ListAnswers = {
  readonly 200: {
    readonly description: string
    readonly content: { readonly 'application/json': { readonly schema: z.ZodType<ListBody> } }
  }
  readonly 400: ProblemResponse
  readonly 401: ProblemResponse
}

/** Describes the answers of a list of these items. */
export function listAnswers(item: z.ZodType<Item>, description: string): ListAnswers {
  const schema = z.strictObject({ items: z.array(item), next: z.string().nullable() })
  return {
    200: { description, content: { 'application/json': { schema } } },
    400: problemResponse('A parameter is wrong.'),
    401: problemResponse('A token is needed.'),
  }
}
