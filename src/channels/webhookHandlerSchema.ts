import { z } from 'zod'
import { httpUrl, text, timerDuration, whole } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { handlerKeys } from './handlerKeys.js'

/** Posts notifications to a URL, signed where there is a secret. */
export const webhookHandlerSchema = section({
  type: z.literal('webhook').describe('Posts to a URL.'),
  url: httpUrl().describe('Where to post.'),
  secret: z.exactOptional(text()).describe('Key of the HMAC-SHA256 signature.'),
  timeout: timerDuration().prefault('10s').describe('Longest wait for one answer.'),
  maxAttempts: whole(1).prefault(100).describe('Tries before a notification goes to the dead letters.'),
  ...handlerKeys,
})
