import { createRoute, z } from '@hono/zod-openapi'
import { unwritableText } from '../../domain/stepHealth.js'
import { refusal } from '../problem.js'
import { problemResponse } from '../schemas.js'
import type { Routes } from '../ServerContext.js'

const probeSchema = z.object({ status: z.literal('ok'), reason: z.string().describe('In words.') }).openapi('Probe')
const good = { content: { 'application/json': { schema: probeSchema } } }

/** Whether the process is alive and has read its chains, for whatever restarts it or sends clients to it. */
export const probeRoutes: Routes = (app, { unready, unwritableSince }) => {
  // Added to the answer only: a restart of this process, or hiding the page, would not make the state writable.
  const withProblem = (reason: string): string => {
    const since = unwritableSince()
    return since === undefined ? reason : `${reason} ${unwritableText(since)}`
  }
  app.openapi(
    createRoute({
      method: 'get',
      path: '/healthz',
      summary: 'Whether the process answers',
      responses: { 200: { ...good, description: 'It does.' } },
    }),
    (c) => c.json({ status: 'ok' as const, reason: withProblem('The process answers.') }, 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/readyz',
      summary: 'Whether every chain was read since the process began',
      responses: {
        200: { ...good, description: 'Every chain was read once.' },
        503: problemResponse('Not every chain was read so far, and how many were not.'),
      },
    }),
    (c) => {
      const reason = unready()
      if (reason !== undefined) throw refusal(503, withProblem(reason))
      return c.json({ status: 'ok' as const, reason: withProblem('Every chain was read since the start.') }, 200)
    },
  )
}
