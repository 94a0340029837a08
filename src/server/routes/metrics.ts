import { createRoute, z } from '@hono/zod-openapi'
import { readVersion } from '../../config/readVersion.js'
import { votersOf } from '../../config/votersOf.js'
import { defined } from '../../domain/defined.js'
import { mayVoteOn, ownVotes } from '../../domain/proposals/attendance.js'
import { stillOpen } from '../../domain/proposals/stillOpen.js'
import { exposition } from '../../views/metrics/exposition.js'
import { metricsOf, type Unvoted, type Waiting } from '../../views/metrics/metricsOf.js'
import { chainsIn } from '../chainsOf.js'
import { problemResponse } from '../schemas.js'
import type { Routes, ServerContext } from '../ServerContext.js'

/** Metrics for Prometheus. */
export const metricsRoutes: Routes = (app, context) => {
  const version = readVersion()
  app.openapi(
    createRoute({
      method: 'get',
      path: '/metrics',
      summary: 'Figures in the text format of Prometheus',
      responses: {
        200: { description: 'One metric after another.', content: { 'text/plain': { schema: z.string() } } },
        401: problemResponse('A token is needed.'),
      },
    }),
    (c) => {
      const { now, counted } = context
      const metrics = metricsOf({
        version,
        now: now(),
        chains: chainsIn(context),
        unvoted: unvotedIn(context),
        waiting: waitingIn(context),
        counted,
      })
      return c.text(exposition(metrics), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    },
  )
}

function waitingIn({ config, store }: ServerContext): readonly Waiting[] {
  const handlers = new Set([...config().notifier.handlers.map(({ name }) => name), ...store.waitingHandlers()])
  return [...handlers].map((handler) => ({
    handler,
    count: store.waitingFor(handler),
    ...defined({ since: store.waitingSince(handler) }),
  }))
}

function unvotedIn({ config, states }: ServerContext): readonly Unvoted[] {
  const { chains, notifier } = config()
  const voters = new Map(chains.map((chain) => [chain.name, votersOf(chain, notifier)]))
  return [...states()].flatMap(({ chain, proposals }) => {
    const own = voters.get(chain) ?? []
    if (own.length === 0) return []
    const voting = [...stillOpen(proposals).values()].filter(({ status }) => status === 'voting')
    const votes = voting.map((one) =>
      ownVotes(
        one.attendance,
        own.filter((voter) => mayVoteOn(voter, one)),
      ),
    )
    const votesWith = (vote: 'not_voted' | 'unknown'): number =>
      votes.filter((those) => those.some((one) => one.vote === vote)).length
    return [{ chain, notVoted: votesWith('not_voted'), unknown: votesWith('unknown') }]
  })
}
