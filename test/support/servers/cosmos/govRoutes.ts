import { type Answer, ok, spoilt, unserved } from './answer.js'
import type { CosmosChain } from './chain.js'
import { paramsOf, tallyOf, told } from './govShapes.js'
import { listRoute } from './listRoute.js'

/** What x/gov answers over REST; `undefined` where the path is none of its own. */
export function govRoute(chain: CosmosChain, { pathname, searchParams }: URL): Answer | undefined {
  const [, version = '', path = ''] = /^\/cosmos\/gov\/(v1|v1beta1)(\/.*)$/.exec(pathname) ?? []
  if (version === '') return undefined
  if (!(chain.behaviour.versions ?? ['v1', 'v1beta1']).includes(version)) return unserved
  if (path === '/proposals') return listRoute(chain, version, searchParams)
  if (path.startsWith('/params/')) return ok(paramsOf(path.slice('/params/'.length), version))
  return proposalRoute(chain, version, path)
}

function proposalRoute({ proposals, behaviour }: CosmosChain, version: string, path: string): Answer {
  const [, id = '', rest = ''] = /^\/proposals\/([0-9]+)(\/.*)?$/.exec(path) ?? []
  const proposal = proposals.get(Number(id))
  if (proposal === undefined)
    return { status: 404, body: { code: 5, message: `proposal ${id} doesn't exist`, details: [] } }
  if (behaviour.spoilt === proposal.id && behaviour.isUnreadable === true) return spoilt
  if (rest === '/tally') return ok({ tally: tallyOf(proposal.votes, version) })
  return ok({
    proposal:
      behaviour.garbled?.(proposal.id) === true
        ? { id, status: 'PROPOSAL_STATUS_OF_TOMORROW' }
        : told(proposal, version),
  })
}
