import { type Answer, ok, spoilt } from './answer.js'
import { type ChainProposal, type CosmosChain, newProposal } from './chain.js'
import { keyOf, told } from './govShapes.js'

/** One page of the list of proposals, as the SDK returns it. */
export function listRoute(chain: CosmosChain, version: string, query: URLSearchParams): Answer {
  const { behaviour, proposals, givenKeys, pageSize } = chain
  const wanted = query.get('proposal_status')
  if (wanted !== null && behaviour.numbersOnly === true && !/^[0-9]+$/.test(wanted)) return refusedName(wanted)
  if (behaviour.circles === true) {
    const first = [...proposals.values()].slice(0, pageSize).map((proposal) => told(proposal, version))
    return ok({ proposals: first, pagination: { next_key: 'AAAAAAAAAAM=', total: '0' } })
  }
  const key = query.get('pagination.key')
  if (behaviour.invents !== undefined) return invented(behaviour.invents, key, wanted, version)
  const isForeign = key !== null && behaviour.otherKeys !== undefined && !givenKeys.has(key)
  if (isForeign && behaviour.otherKeys === 'refused')
    return { status: 400, body: { code: 3, message: 'invalid key', details: [] } }
  const all = sortedFrom(chain, isForeign ? null : key, query.get('pagination.reverse') === 'true')
  const fitting = all.filter(
    ({ status }) => wanted === null || wanted === `PROPOSAL_STATUS_${status}` || wanted === statusNumbers[status],
  )
  const page = fitting.slice(0, Math.min(pageSize, Number(query.get('pagination.limit') ?? '100')))
  // The filter visits every proposal, as in the SDK.
  const seen = wanted === null ? page : all
  if (seen.some(({ id }) => id === behaviour.spoilt)) return spoilt
  const next = fitting[page.length]
  const nextKey = next === undefined ? null : keyOf(next.id)
  if (nextKey !== null) givenKeys.add(nextKey)
  if (version === 'v1beta1' && page.some(({ messages }) => messages.length !== 1)) return unconvertible
  return ok({
    proposals: page.map((proposal) =>
      behaviour.garbled?.(proposal.id) === true
        ? { id: String(proposal.id), status: 'PROPOSAL_STATUS_OF_TOMORROW' }
        : told(proposal, version),
    ),
    pagination: {
      next_key: nextKey,
      total: key === null && behaviour.countsNothing !== true ? String(fitting.length) : '0',
    },
  })
}

function sortedFrom({ proposals }: CosmosChain, key: string | null, isReverse: boolean): readonly ChainProposal[] {
  const from = key === null ? 0 : idOf(key)
  const order = isReverse ? -1 : 1
  return [...proposals.values()].sort((a, b) => (a.id - b.id) * order).filter(({ id }) => id >= from)
}

/** A page of invented proposals, and the key of another one. */
function invented(count: number, key: string | null, wanted: string | null, version: string): Answer {
  const first = key === null ? 1 : idOf(key)
  const made = Array.from({ length: count }, (_, index) => ({
    ...newProposal(first + index),
    status: 'REJECTED' as const,
  }))
  return ok({
    proposals: wanted === null ? made.map((proposal) => told(proposal, version)) : [],
    pagination: { next_key: wanted === null ? keyOf(first + count) : null, total: '0' },
  })
}

function idOf(key: string): number {
  return Number(Buffer.from(key, 'base64').readBigUInt64BE())
}

const statusNumbers = {
  DEPOSIT_PERIOD: '1',
  VOTING_PERIOD: '2',
  PASSED: '3',
  REJECTED: '4',
  FAILED: '5',
  UNSPECIFIED: '0',
} as const

function refusedName(name: string): Answer {
  return {
    status: 400,
    body: {
      code: 3,
      message: `parsing field "proposal_status": strconv.ParseInt: parsing "${name}": invalid syntax`,
      details: [],
    },
  }
}

const unconvertible: Answer = {
  status: 500,
  body: {
    code: 2,
    message:
      "can't convert a gov/v1 Proposal to gov/v1beta1 Proposal when amount of proposal messages not exactly one: invalid type: unknown request",
    details: [],
  },
}
