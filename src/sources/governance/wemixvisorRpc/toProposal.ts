import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import {
  isActive,
  type Proposal,
  type ProposalStatus,
  type ProposalType,
  proposalTypes,
  type Tally,
} from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import { defined } from '../../../domain/defined.js'
import { kindOfMessage } from '../cosmosSdk/messages.js'
import { metadataOf, otherMetadata, votesOf, readableMetadata } from '../cosmosSdk/proposalFields.js'
import { decimalOf, sdkOne, secondsOf, shareOf } from '../cosmosSdk/scalars.js'
import { fieldsOf } from './decode.js'
import { isCarriedOut, statusOf } from './statusWords.js'

/** Takes the place of a contract address in the keys of proposals; a chain has one governance here. */
export const contract = 'gov'

type Fields = Readonly<Record<string, unknown>>

export interface ToProposalContext {
  readonly chain: string
  readonly describe: (raw: RawProposal) => DescribedProposal
  readonly rules: Rules
  /** Height of the reading. */
  readonly readAt: bigint
}

/** A proposal, and whether its purpose is to cancel an upgrade. */
export interface Decoded {
  readonly proposal: Proposal
  readonly isCancellation: boolean
}

/**
 * Converts a proposal of the server into a `Proposal` and sanitises its texts, or returns a sentence that says why it
 * cannot be read. Never throws.
 */
export function toProposal(value: unknown, { chain, describe, rules, readAt }: ToProposalContext): Decoded | string {
  if (!isJsonObject(value)) return 'An entry of the list of proposals is not a proposal.'
  const id = idOf(value)
  if (id === undefined) return 'A proposal without a usable proposal_id was left out.'
  const status = statusOf(value['status'])
  if (status === undefined) return `Proposal ${id} has an unknown status and was left out.`
  const content: Fields = isJsonObject(value['content']) ? value['content'] : {}
  const metadata = metadataOf(value['metadata'])
  const type = textOf(content['@type'])
  const submittedAt = secondsOf(value['submit_time'])
  const votingStart = secondsOf(value['voting_start_time'])
  const votingEnd = secondsOf(value['voting_end_time'])
  const proposer = cleanLine(textOf(value['proposer']), 128)
  const tally = tallyOf(value['final_tally_result'], status, rules)
  // Some encoders write a plan without a name if there is no plan.
  const plan = hasPlan(content['plan']) ? content['plan'] : undefined
  return {
    isCancellation: /Cancel(?:SoftwareUpgradeProposal|Upgrade)$/.test(type),
    proposal: {
      chain,
      system: 'wemixvisor-rpc',
      contract,
      id,
      ...describe({
        title: firstText(content['title'], value['title'], metadata['title']),
        description: firstText(
          content['description'],
          value['description'],
          value['summary'],
          metadata['summary'],
          readableMetadata(textOf(value['metadata'])),
        ),
        actions: [],
        ...defined({ plan }),
        ...kindIn(type, value['type'] ?? content['type'], plan !== undefined),
      }),
      status,
      derived: false,
      ...(isCarriedOut(value['status']) && { carriedOut: true }),
      ...(proposer !== '' && { proposer }),
      actions: [],
      clock: 'timestamp',
      ...defined({ submittedAt }),
      ...(votingStart !== undefined && { votingStart, votingStartsAt: votingStart }),
      ...(votingEnd !== undefined && { votingEnd, votingEndsAt: votingEnd }),
      ...defined({ metadata: otherMetadata(value['metadata']), tally }),
      readAt,
    },
  }
}

/** The id as text, in one form for all notations. */
export function idOf(value: Fields): string | undefined {
  const id = value['proposal_id'] ?? value['id']
  if (typeof id === 'number') return Number.isSafeInteger(id) && id >= 0 ? String(id) : undefined
  if (typeof id !== 'string') return undefined
  if (/^[0-9]{1,78}$/.test(id)) return BigInt(id).toString()
  return /^[\w.:-]{1,128}$/.test(id) ? id : undefined
}

function hasPlan(plan: unknown): boolean {
  if (!isJsonObject(plan)) return plan !== undefined && plan !== null
  const { name, height } = plan
  return (name ?? '') !== '' || !['', '0', 0].some((nothing) => nothing === (height ?? ''))
}

/** The type that the chain reports. Without a known type the plan decides. */
function kindIn(type: string, word: unknown, hasOwnPlan: boolean): { readonly kind?: ProposalType } {
  const named = proposalTypes.find((known) => known === word)
  if (named !== undefined) return { kind: named }
  if (/emergency/i.test(type)) return { kind: 'emergency' }
  const kind = kindOfMessage(type)
  return type === '' || (kind === 'other' && hasOwnPlan) ? {} : { kind }
}

function firstText(...values: readonly unknown[]): string {
  return values.map(textOf).find((text) => text.trim() !== '') ?? ''
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The rules that decide a vote: shares times 10^18. */
export interface Rules {
  readonly threshold?: bigint
  readonly vetoThreshold?: bigint
}

/** Parses the shares in the answer to `gov/params`; missing ones are absent. Never throws. */
export function rulesOf(answer: unknown): Rules {
  const tally = fieldsOf(answer, 'tally_params')
  const threshold = decimalOf(tally['threshold'])
  const vetoThreshold = decimalOf(tally['veto_threshold'])
  return {
    ...(threshold !== undefined && threshold > 0n && { threshold }),
    ...(vetoThreshold !== undefined && vetoThreshold > 0n && { vetoThreshold }),
  }
}

/**
 * Parses the votes in `final_tally_result`; returns `undefined` if there are none, or all are zero during the vote,
 * because the result is not final then. The quorum is absent, because it is a share of an electorate that the server
 * does not report.
 */
function tallyOf(value: unknown, status: ProposalStatus, { threshold, vetoThreshold }: Rules): Tally | undefined {
  const votes = votesOf(value)
  if (votes === undefined) return undefined
  const { yes, no, abstain, veto } = votes
  const cast = yes + no + abstain + veto
  if (cast === 0n && isActive({ status })) return undefined
  const counted = cast - abstain
  const isVetoed = vetoThreshold !== undefined && cast > 0n && veto * sdkOne > vetoThreshold * cast
  return {
    yes,
    no,
    abstain,
    veto,
    unit: 'votes',
    ...(threshold !== undefined && {
      threshold: shareOf(threshold, sdkOne),
      thresholdMet: !isVetoed && counted > 0n && yes * sdkOne > threshold * counted,
    }),
  }
}
