import { createRoute, z } from '@hono/zod-openapi'
import { lockedText } from '../../domain/stepHealth.js'
import { refusal } from '../problem.js'
import { problemResponse } from '../schemas.js'
import type { Routes } from '../ServerContext.js'

const probeSchema = z.object({ status: z.literal('ok'), reason: z.string().describe('In words.') }).openapi('Probe')
const good = { content: { 'application/json': { schema: probeSchema } } }

/** Whether the process is alive and has read its chains, for whatever restarts it or sends clients to it. */
export const probeRoutes: Routes = (app, { unready, lockedSince }) => {
  // Added to the answer only: a lock of another process is no reason to restart this one or to hide the page.
  const withLock = (reason: string): string => {
    const since = lockedSince()
    return since === undefined ? reason : `${reason} ${lockedText(since)}`
  }
  app.openapi(
    createRoute({
      method: 'get',
      path: '/healthz',
      summary: 'Whether the process answers',
      responses: { 200: { ...good, description: 'It does.' } },
    }),
    (c) => c.json({ status: 'ok' as const, reason: withLock('The process answers.') }, 200),
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
      if (reason !== undefined) throw refusal(503, withLock(reason))
      return c.json({ status: 'ok' as const, reason: withLock('Every chain was read since the start.') }, 200)
    },
  )
}
