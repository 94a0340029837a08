import { z } from 'zod'
import { logHandlerSchema } from './logHandlerSchema.js'
import { webhookHandlerSchema } from './webhookHandlerSchema.js'

const schemas = [logHandlerSchema, webhookHandlerSchema] as const
const types = schemas.map(({ shape }) => shape.type.value)

/** Any notification handler, told apart by `type`. */
export const handlerSchema = z.discriminatedUnion('type', schemas, {
  error: `expected a handler with a type, one of ${types.join(', ')}`,
})
