import { z } from 'zod'
import { field } from '../schema/rawInput.js'
import { expectedOneOf } from '../schema/scalars.js'
import { logHandlerSchema } from './logHandlerSchema.js'
import { webhookHandlerSchema } from './webhookHandlerSchema.js'

const schemas = [logHandlerSchema, webhookHandlerSchema] as const
const types = schemas.map(({ shape }) => shape.type.value)

/** Any notification handler, told apart by `type`. */
export const handlerSchema = z.discriminatedUnion('type', schemas, {
  error: ({ code, input }: { readonly code?: string; readonly input?: unknown }) =>
    code === 'invalid_union'
      ? expectedOneOf(types, field(input, 'type'))
      : `expected a mapping with a type, one of ${types.join(', ')}`,
})
