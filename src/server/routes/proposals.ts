import { createRoute, z } from '@hono/zod-openapi'
import { defined } from '../../domain/defined.js'
import { keyOf, proposalStatuses, proposalTypes } from '../../domain/proposals/proposal.js'
import { fullProposalView, proposalView } from '../../views/proposalView.js'
import { showProposals } from '../../views/showProposals.js'
import { chainKey, chainsAsked, briefsOf } from '../chainsOf.js'
import { goneItem, listAnswers, listBody, pageKeys, strictQuery } from '../lists.js'
import { refusal } from '../problem.js'
import type { Item } from '../schemaParts.js'
import { fullProposalSchema, problemResponse, proposalSchema } from '../schemas.js'
import type { Routes } from '../ServerContext.js'

const filters = {
  chain: chainKey,
  status: z.optional(z.enum(proposalStatuses)),
  type: z.optional(z.enum(proposalTypes)),
  active: z.optional(z.enum(['true', 'false'])).describe('true: submitted or voting. false: the rest.'),
}

/** The tracked proposals, in the form of `proposals --json`. */
export const proposalRoutes: Routes = (app, context) => {
  addList(app, context)
  addOne(app, context)
}

const addList: Routes = (app, context) => {
  const { store } = context
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/proposals',
      summary: 'The proposals that are tracked, newest first within each chain',
      request: { query: strictQuery({ ...pageKeys, ...filters }) },
      responses: listAnswers(proposalSchema, 'As `proposals --json`.'),
    }),
    (c) => {
      const { chain, limit, after, active, status, type } = c.req.valid('query')
      const chains = chainsAsked(context, chain)
      if (after !== undefined && store.proposal(after) === undefined) throw refusal(400, goneItem)
      const filter = {
        ...defined({ status, type, after, active: active === undefined ? undefined : active === 'true' }),
        limit: limit + 1,
      }
      const found = [...store.find(filter, { chains, order: 'newest' })]
      const page = found.slice(0, limit)
      const last = page.at(-1)
      const show = showProposals(briefsOf(context, chains))
      return c.json(
        listBody(
          page.map((proposal) => proposalView(show(proposal))),
          last !== undefined && found.length > limit ? keyOf(last) : null,
        ),
        200,
      )
    },
  )
}

const addOne: Routes = (app, context) => {
  const { store } = context
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/proposals/{key}',
      summary: 'One proposal with its description, actions, history and votes',
      request: {
        params: z.object({ key: z.string().max(2_000).describe('Its `chain/contract/id`, percent-encoded.') }),
      },
      responses: {
        200: {
          description: 'As `proposals ID --json`.',
          content: { 'application/json': { schema: fullProposalSchema } },
        },
        404: problemResponse('No tracked proposal has this key.'),
      },
    }),
    (c) => {
      const { key } = c.req.valid('param')
      const proposal = store.proposal(key)
      if (proposal === undefined)
        throw refusal(404, 'No tracked proposal has this key: expected `chain/contract/id`, percent-encoded.')
      const show = showProposals(briefsOf(context, [proposal.chain]))
      const item: Item = fullProposalView({
        ...show(proposal),
        votes: store.votes(proposal),
        moves: store.moves(proposal),
      })
      return c.json(item, 200)
    },
  )
}
