import { createRoute, z } from '@hono/zod-openapi'
import { atomFeedOf } from '../../views/feeds/atomFeed.js'
import { calendarOf } from '../../views/feeds/calendar.js'
import { showProposals } from '../../views/showProposals.js'
import { chainKey, chainsAsked, briefsOf } from '../chainsOf.js'
import { strictQuery } from '../lists.js'
import { problemResponse } from '../schemas.js'
import type { Routes } from '../ServerContext.js'

// Maximum number of votes and of upgrades, because a calendar program reads all of them each time.
const most = 1_000
const mostEntries = 100

const token = z.optional(z.string()).describe('The token of `http.tokens.feed`, for programs that send no header.')

/** Files for calendar programs and feed readers. */
export const feedRoutes: Routes = (app, context) => {
  const { store, http } = context
  app.openapi(
    createRoute({
      method: 'get',
      path: '/calendar.ics',
      summary: 'Ends of votes and heights of upgrades, with their current estimate',
      request: { query: strictQuery({ token, chain: chainKey }) },
      responses: feedAnswers('text/calendar', 'An iCalendar file (RFC 5545).'),
    }),
    (c) => {
      const chains = chainsAsked(context, c.req.valid('query').chain)
      const outlines = briefsOf(context, chains)
      const open = [...store.find({ active: true, limit: most }, { chains, order: 'newest' })]
      const text = calendarOf({ proposals: open.map(showProposals(outlines)), chains: outlines })
      return c.body(text, 200, { 'content-type': 'text/calendar; charset=utf-8' })
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/feed.atom',
      summary: `The newest ${mostEntries} notifications`,
      request: { query: strictQuery({ token }) },
      responses: feedAnswers('application/atom+xml', 'An Atom feed (RFC 4287).'),
    }),
    (c) => {
      const notifications = store.notifications({ limit: mostEntries })
      const text = atomFeedOf({ notifications, publicUrl: http.publicUrl })
      return c.body(text, 200, { 'content-type': 'application/atom+xml; charset=utf-8' })
    },
  )
}

function feedAnswers(type: string, description: string) {
  return {
    200: { description, content: { [type]: { schema: z.string() } } },
    400: problemResponse('A parameter is wrong.'),
    401: problemResponse('A token is needed.'),
  }
}
