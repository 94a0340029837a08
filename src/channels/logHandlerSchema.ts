import { z } from 'zod'
import { section } from '../schema/section.js'
import { handlerKeys } from './handlerKeys.js'

/** Writes notifications to the log. */
export const logHandlerSchema = section({
  type: z.literal('log').describe('Writes to the log.'),
  ...handlerKeys,
})
