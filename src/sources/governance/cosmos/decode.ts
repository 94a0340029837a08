import type { ProposalStatus } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import { type Message, messagesIn } from '../cosmosSdk/messages.js'
import { metadataOf, type Votes, votesOf } from '../cosmosSdk/proposalFields.js'
import { secondsOf, integerOf } from '../cosmosSdk/scalars.js'

/** A proposal as x/gov returns it, in either version. Texts are raw. */
export interface GovProposal {
  readonly id: bigint
  readonly status: Extract<ProposalStatus, 'submitted' | 'voting' | 'passed' | 'rejected' | 'failed'>
  readonly messages: readonly Message[]
  /** False if v1beta1 returned no content, because only v1 can represent the proposal. */
  readonly hasContent: boolean
  readonly title: string
  readonly summary: string
  /** As written: JSON, an address, or text. */
  readonly metadata: string
  readonly proposer: string
  readonly expedited: boolean
  readonly failedReason: string
  readonly submitTime?: bigint
  readonly depositEnd?: bigint
  readonly votingStart?: bigint
  readonly votingEnd?: bigint
  /**
   * Zero during the vote, except for an expedited proposal, where it is stored early. Only the status tells whether it
   * is final.
   */
  readonly finalTally?: Votes
}

type Fields = Readonly<Record<string, unknown>>

const statuses: Readonly<Record<string, GovProposal['status']>> = {
  PROPOSAL_STATUS_DEPOSIT_PERIOD: 'submitted',
  1: 'submitted',
  PROPOSAL_STATUS_VOTING_PERIOD: 'voting',
  2: 'voting',
  PROPOSAL_STATUS_PASSED: 'passed',
  3: 'passed',
  PROPOSAL_STATUS_REJECTED: 'rejected',
  4: 'rejected',
  PROPOSAL_STATUS_FAILED: 'failed',
  5: 'failed',
}

const maxId = 2n ** 64n

/** Decodes one proposal of v1 or v1beta1, or returns a sentence that says why it cannot. Never throws. */
export function decodeProposal(value: unknown): GovProposal | string {
  if (!isJsonObject(value)) return 'An entry of the list of proposals is not a proposal.'
  const id = idOf(value)
  if (id === undefined) return 'A proposal without a usable id was left out.'
  const status = statusOf(value['status'])
  if (status === undefined) return `Proposal ${id} has an unknown status and was left out.`
  const isV1 = value['messages'] !== undefined
  const content = contentOf(value)
  const metadata = metadataOf(value['metadata'])
  const submitTime = secondsOf(value['submit_time'])
  const depositEnd = secondsOf(value['deposit_end_time'])
  const votingStart = secondsOf(value['voting_start_time'])
  const votingEnd = secondsOf(value['voting_end_time'])
  const finalTally = votesOf(value['final_tally_result'])
  return {
    id,
    status,
    messages: isV1 ? messagesIn(value['messages']) : messagesIn([content]),
    hasContent: isV1 || isJsonObject(value['content']),
    title: firstText(value['title'], content['title'], metadata['title'], metadata['Title'], metadata['name']),
    summary: firstText(
      value['summary'],
      content['description'],
      metadata['summary'],
      metadata['details'],
      metadata['description'],
    ),
    metadata: firstText(value['metadata']),
    proposer: firstText(value['proposer']),
    expedited:
      value['expedited'] === true ||
      value['proposal_type'] === 'PROPOSAL_TYPE_EXPEDITED' ||
      value['is_expedited'] === true,
    failedReason: firstText(value['failed_reason']),
    ...defined({ submitTime, depositEnd, votingStart, votingEnd, finalTally }),
  }
}

/** The id of a proposal of either version. */
function idOf(value: Fields): bigint | undefined {
  const id = integerOf(value['id'] ?? value['proposal_id'])
  return id === undefined || id >= maxId ? undefined : id
}

function statusOf(value: unknown): GovProposal['status'] | undefined {
  const key = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return Object.hasOwn(statuses, key) ? statuses[key] : undefined
}

/** v1beta1 has one content; v1 keeps the title of a legacy content in the message that wraps it. */
function contentOf(value: Fields): Fields {
  const messages: unknown = value['messages']
  const first: unknown = Array.isArray(messages) ? messages[0] : undefined
  const content = value['content'] ?? (isJsonObject(first) ? first['content'] : undefined)
  return isJsonObject(content) ? content : {}
}

function firstText(...values: readonly unknown[]): string {
  const text = values.find((value) => typeof value === 'string' && value.trim() !== '')
  return typeof text === 'string' ? text : ''
}

/** Some proposals, and the key of the next page. */
export interface Page {
  readonly proposals: readonly GovProposal[]
  /** Absent at the end. */
  readonly next?: string
  /** Total number of proposals, if the server reports it. */
  readonly total?: bigint
  readonly warnings: readonly string[]
  /** Ids of proposals that are listed but cannot be read. */
  readonly unread: readonly bigint[]
}

/** Decodes the page in an answer; returns `undefined` if there is none. */
export function decodePage(body: unknown): Page | undefined {
  if (!isJsonObject(body)) return undefined
  const list: unknown = body['proposals']
  if (!Array.isArray(list)) return undefined
  const decoded = list.map(decodeProposal)
  const pagination = isJsonObject(body['pagination']) ? body['pagination'] : {}
  const next = pagination['next_key']
  const total = pagination['total']
  return {
    proposals: decoded.filter((proposal) => typeof proposal !== 'string'),
    warnings: decoded.filter((proposal) => typeof proposal === 'string'),
    unread: decoded.flatMap((proposal, index) => (typeof proposal === 'string' ? idIn(list[index]) : [])),
    ...(typeof next === 'string' && next !== '' && next.length <= 256 && { next }),
    ...(typeof total === 'string' && /^[1-9][0-9]{0,15}$/.test(total) && { total: BigInt(total) }),
  }
}

/** All ids on a page, including those of unreadable proposals. */
export function idsOn({ proposals, unread }: Page): readonly string[] {
  return [...proposals.map(({ id }) => id), ...unread].map(String)
}

function idIn(entry: unknown): readonly bigint[] {
  const id = isJsonObject(entry) ? idOf(entry) : undefined
  return id === undefined ? [] : [id]
}

export type ParamsKind = 'voting' | 'tallying' | 'deposit'

/** Returns the parameters in an answer; `undefined` if it has none of this kind. */
export function paramsOf(body: unknown, kind: ParamsKind): Fields | undefined {
  if (!isJsonObject(body)) return undefined
  const own = body[{ voting: 'voting_params', tallying: 'tally_params', deposit: 'deposit_params' }[kind]]
  return isJsonObject(body['params']) ? body['params'] : isJsonObject(own) ? own : undefined
}
