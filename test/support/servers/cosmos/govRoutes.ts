import { type Answer, ok, spoilt, unserved } from './answer.js'
import type { CosmosChain } from './chain.js'
import { paramsOf, tallyOf, told } from './govShapes.js'
import { listRoute } from './listRoute.js'

/** The answer of x/gov over REST; `undefined` if the path belongs to another module. */
export function govRoute(chain: CosmosChain, { pathname, searchParams }: URL): Answer | undefined {
  const [, version = '', path = ''] = /^\/cosmos\/gov\/(v1|v1beta1)(\/.*)$/.exec(pathname) ?? []
  if (version === '') return undefined
  if (!(chain.behaviour.versions ?? ['v1', 'v1beta1']).includes(version)) return unserved
  if (path === '/proposals') return listRoute(chain, version, searchParams)
  if (path.startsWith('/params/')) return ok(paramsOf(path.slice('/params/'.length), version))
  return proposalRoute(chain, version, path)
}

function proposalRoute(chain: CosmosChain, version: string, path: string): Answer {
  const { proposals, behaviour } = chain
  const [, id = '', rest = ''] = /^\/proposals\/([0-9]+)(\/.*)?$/.exec(path) ?? []
  if (rest.startsWith('/votes/')) return voteRoute(chain, version, id, rest.slice('/votes/'.length))
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

/** The vote of one account. It does not check that the proposal exists. */
function voteRoute({ votes, behaviour }: CosmosChain, version: string, id: string, voter: string): Answer {
  const [prefix] = voter.split('1')
  if (prefix !== 'cosmos')
    return {
      status: 500,
      body: { code: 2, message: `invalid Bech32 prefix; expected cosmos, got ${String(prefix)}`, details: [] },
    }
  if (votes.get(Number(id))?.has(voter) !== true) {
    const [status, code] = behaviour.missesVotes === true ? [404, 5] : [400, 3]
    return { status, body: { code, message: `voter: ${voter} not found for proposal: ${id}`, details: [] } }
  }
  const options = [{ option: 'VOTE_OPTION_YES', weight: '1.000000000000000000' }]
  return ok({
    vote: {
      proposal_id: id,
      voter,
      ...(version === 'v1' ? { options, metadata: '' } : { option: 'VOTE_OPTION_YES', options }),
    },
  })
}
