import { type Attendance, mayVoteOn } from '../../../domain/proposals/attendance.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { mapLimited } from '../../http/mapLimited.js'
import { integerOf } from '../cosmosSdk/scalars.js'
import type { CosmosContext, Memory } from './context.js'
import { decodeProposal, type GovProposal } from './decode.js'
import { optionalRequests } from '../cosmosSdk/optionalRequests.js'
import type { AskPath, Rest } from '../cosmosSdk/rest.js'

const parallel = 4
// Maximum number of questions in one poll. Votes that end first are asked about first; the others follow when they come
// near their end.
const mostQuestions = 50

type VoteAnswer =
  | { readonly type: 'voted' | 'unknown' }
  /** There is no such vote at this height; `undefined` if the server reports no height. */
  | { readonly type: 'missing'; readonly height: bigint | undefined }

/**
 * Finds out, by proposal id, which of these accounts have voted on the proposals in voting. An account without a
 * certain answer is in neither list. This includes an account that had voted `before` and is now missing at an unknown
 * height. These questions are separate requests whose failure does not fail the reading.
 */
export async function readAttendances(
  rest: Rest,
  proposals: readonly GovProposal[],
  before: ReadonlyMap<string, Proposal>,
  { voters, now }: Pick<CosmosContext, 'voters' | 'now'>,
  memory: Memory,
): Promise<ReadonlyMap<bigint, Attendance>> {
  const attendances = new Map<bigint, Attendance>()
  const voting = proposals.filter(({ status }) => status === 'voting').sort(byEnd)
  const questions = voting
    .flatMap((proposal) => votersOn(proposal, voters).map((voter) => ({ proposal, voter })))
    .slice(0, mostQuestions)
  const ask = optionalRequests(rest, memory.voteHungAt, now)
  const answers = await mapLimited(questions, parallel, async ({ proposal, voter }) => {
    const { id } = proposal
    const answer = await readVote(ask, pathOf(rest, id, memory), id, voter)
    return { id, voter, ...(isStale(answer, voter, proposal, before) ? unknown : answer) }
  })
  await mapLimited(voting, parallel, async (proposal) => {
    const its = answers.filter(({ id }) => id === proposal.id)
    const heights = its.flatMap((answer) => (answer.type === 'missing' ? [answer.height] : []))
    const isSure =
      heights.length > 0 &&
      (await readStanding(ask, pathOf(rest, proposal.id, memory), proposal, heights)).type === 'voting'
    const votersWith = (type: VoteAnswer['type']): readonly string[] =>
      its.filter((answer) => answer.type === type).map(({ voter }) => voter)
    const [voted, missing] = [votersWith('voted'), isSure ? votersWith('missing') : []]
    if (voted.length + missing.length > 0) attendances.set(proposal.id, { voted, missing })
  })
  return attendances
}

const unknown = { type: 'unknown' } as const

/** A vote stays cast until voting ends. A server without it may be outdated if it does not report its height. */
function isStale(
  answer: VoteAnswer,
  voter: string,
  { id, votingEnd }: GovProposal,
  before: ReadonlyMap<string, Proposal>,
): boolean {
  const known = before.get(id.toString())
  const hadVoted = known?.attendance?.voted.includes(voter) === true && known.votingEnd === votingEnd
  return answer.type === 'missing' && answer.height === undefined && hadVoted
}

function byEnd({ votingEnd: a }: GovProposal, { votingEnd: b }: GovProposal): number {
  if (a === b) return 0
  return a !== undefined && (b === undefined || a < b) ? -1 : 1
}

/** Returns the voters that may have an account on this chain: its addresses share a prefix. */
function votersOn({ proposer, messages }: GovProposal, voters: readonly string[]): readonly string[] {
  const known = [proposer, ...messages.map(({ body }) => body['authority'])].find(
    (account) => typeof account === 'string' && account !== '',
  )
  return voters.filter((voter) => mayVoteOn(voter, typeof known === 'string' ? { proposer: known } : {}))
}

const noVote = /voter: (\S+) not found for proposal: (\d+)/

async function readVote(ask: AskPath, path: string, id: bigint, voter: string): Promise<VoteAnswer> {
  const answer = await ask(`${path}/votes/${voter}`)
  if (answer.type === 'found') {
    const vote = isJsonObject(answer.body) ? answer.body['vote'] : undefined
    const isOurs = isJsonObject(vote) && vote['voter'] === voter && integerOf(vote['proposal_id']) === id
    return { type: isOurs ? 'voted' : 'unknown' }
  }
  if (answer.type === 'unserved' || answer.type === 'unknown') return { type: 'unknown' }
  const [, who, what] = noVote.exec(answer.said) ?? []
  return who === voter && what === id.toString() ? { type: 'missing', height: answer.height } : { type: 'unknown' }
}

/**
 * Whether voting still goes on, as seen after the answers for these heights. When voting ends, the chain deletes all
 * votes, so that nobody seems to have voted.
 */
async function readStanding(
  ask: AskPath,
  path: string,
  { id, votingEnd, expedited }: GovProposal,
  heights: readonly (bigint | undefined)[],
): Promise<{ readonly type: 'voting' | 'unknown' }> {
  const answer = await ask(path)
  if (answer.type !== 'found') return { type: 'unknown' }
  const { body, height } = answer
  const raw = decodeProposal(isJsonObject(body) ? body['proposal'] : undefined)
  const isSame =
    typeof raw !== 'string' &&
    raw.id === id &&
    raw.status === 'voting' &&
    raw.votingEnd === votingEnd &&
    raw.expedited === expedited
  const isOlder = heights.some((other) => height !== undefined && other !== undefined && height < other)
  return { type: isSame && !isOlder ? 'voting' : 'unknown' }
}

function pathOf(rest: Rest, id: bigint, memory: Memory): string {
  return `/cosmos/gov/${memory.versions.get(rest.endpoint) ?? 'v1'}/proposals/${id}`
}
