import fc from 'fast-check'
import { z } from 'zod'
import { defined } from '../../src/domain/defined.js'
import { answerCalls, type RpcCall, type RpcResult } from './answerCalls.js'
import { firstBlock, isSame, type Plan, type System, type View } from './story.js'
import type { StoryParts } from './storyOf.js'

// Chains whose nodes speak the dialect of wemixvisor: a list of proposals for each status, and single proposals.

type Word = string
interface Proposal {
  readonly id: string
  readonly kind: 'upgrade' | 'cancel' | 'text'
  readonly plan: Plan
  /** From which block it has which status. */
  readonly timeline: readonly (readonly [block: number, word: Word])[]
  readonly end: number
}
interface Lie {
  readonly word: Word
  readonly twist: {
    readonly height?: number
    readonly name?: string
    readonly isText?: boolean
    readonly info?: string
  }
  readonly where: 'both' | 'list' | 'one'
}
/** What a node says of each proposal, by id. */
type Lies = Readonly<Record<string, Lie>>

/** Proposals that only the liar knows. */
const invented: readonly Proposal[] = [
  {
    id: '90',
    kind: 'upgrade',
    plan: { name: 'evil', height: firstBlock + 100 },
    timeline: [[0, 'passed']],
    end: firstBlock + 5,
  },
  { id: '91', kind: 'cancel', plan: { name: '', height: 0 }, timeline: [[0, 'passed']], end: firstBlock + 60 },
]

export const wemixvisorRpc: System<readonly Proposal[], Lies> = {
  profile: 'wemixvisor',
  chain: () => ({ governance: { system: 'wemixvisor-rpc' } }),
  answer: (view, request) => answerCalls(request, (call) => resultOf(view, call)),
  inForce,
  // One that nobody has seen yet: a proposal that is known does not end because one node says so.
  hides: ({ lie }, { truth, plan, from, to }) =>
    truth.some(({ id, plan: own, timeline: [[submitted] = [0]] }) => {
      const { word = 'true', where = 'one' } = lie?.[id] ?? {}
      const isUnseen = from <= submitted && submitted <= to
      return isUnseen && isSame(own, plan) && where !== 'one' && hiding.includes(word)
    }),
}

/** What a node says of a proposal of which it then need not show the plan. */
const hiding: readonly Word[] = ['gone', 'rejected', 'canceled', 'failed']

function wordAt({ timeline }: Proposal, block: number): Word | undefined {
  return timeline.findLast(([from]) => from <= block)?.[1]
}

const accepted = ['passed', 'executed', 'PROPOSAL_STATUS_PASSED']

function inForce(truth: readonly Proposal[], newest: number): readonly Plan[] {
  const isBefore = (a: Proposal, b: Proposal): boolean =>
    a.end < b.end || (a.end === b.end && Number(a.id) < Number(b.id))
  const passed = truth.filter((one) => [...accepted, 'queued'].includes(wordAt(one, newest) ?? ''))
  const upgrades = passed.filter(({ kind }) => kind === 'upgrade')
  const cancelled = passed
    .filter((one) => one.kind === 'cancel' && accepted.includes(wordAt(one, newest) ?? ''))
    .map((cancel) => upgrades.filter((one) => isBefore(one, cancel)).toSorted((a, b) => (isBefore(a, b) ? 1 : -1))[0])
  return upgrades.filter((one) => !cancelled.includes(one)).map(({ plan }) => plan)
}

const asked = z.looseObject({
  height: z.coerce.number().optional(),
  proposal_id: z.coerce.string().optional(),
  proposal_status: z.string().optional(),
})

function resultOf(view: View<readonly Proposal[], Lies>, { method, params }: RpcCall): RpcResult {
  const { truth, head, mood } = view
  const { height = head, proposal_id: id = '', proposal_status: wanted } = asked.parse(params ?? {})
  switch (method) {
    case 'status':
      return { result: { sync_info: { latest_block_height: String(head) } } }
    case 'block':
      return height > head || height < 1
        ? aboveHead(height, head)
        : { result: { block: { header: headerOf(view, height) } } }
    case 'gov/proposals': {
      const all = [...truth, ...invented].flatMap((one) => shown(view, one, 'list') ?? [])
      const listed = all.filter(({ status }) => status === wanted)
      return { result: { proposals: mood.cutsLists === true ? listed.slice(0, 1) : listed } }
    }
    case 'gov/proposal': {
      const one = [...truth, ...invented].find((known) => known.id === id)
      const proposal = one && shown(view, one, 'one')
      return proposal === undefined
        ? { error: { code: -32603, message: 'Proposal not found' } }
        : { result: { proposal } }
    }
    case 'gov/params':
      return { result: { tally_params: { threshold: '0.5', veto_threshold: '0.334' } } }
    default:
      return { error: { code: -32601, message: 'Method not found' } }
  }
}

function aboveHead(height: number, head: number): RpcResult {
  const message = `height ${height} must be less than or equal to the current blockchain height ${head}`
  return { error: { code: -32603, message } }
}

function headerOf({ real, timeOf }: View<unknown, Lies>, height: number): object {
  const hash = height > real ? `dead${height.toString(16).padStart(60, '0')}` : height.toString(16).padStart(64, '0')
  return { height: String(height), time: isoOf(timeOf(height)), hash: `0x${hash}` }
}

/** A proposal as the node reports it; `undefined` if it does not. */
function shown(
  view: View<readonly Proposal[], Lies>,
  proposal: Proposal,
  where: 'list' | 'one',
): { readonly status: Word } | undefined {
  const { truth, mood, real } = view
  const word = truth.includes(proposal) ? wordAt(proposal, real) : undefined
  const lie = mood.lie?.[proposal.id]
  if (lie === undefined || (lie.where !== 'both' && lie.where !== where))
    return word === undefined ? undefined : wireOf(view, proposal, word)
  const told = lie.word === 'true' ? word : lie.word
  return told === undefined || told === 'gone' ? undefined : wireOf(view, proposal, told, lie.twist)
}

function wireOf(
  { timeOf }: View<unknown, Lies>,
  { id, kind, plan, timeline, end }: Proposal,
  status: Word,
  twist: Lie['twist'] = {},
): { readonly status: Word; readonly [field: string]: unknown } {
  const submitted = isoOf(timeOf(timeline[0]?.[0] ?? 0))
  return {
    proposal_id: id,
    status,
    content: contentOf(id, twist.isText === true ? 'text' : kind, {
      name: twist.name ?? plan.name,
      height: plan.height + (twist.height ?? 0),
      ...defined({ info: twist.info }),
    }),
    final_tally_result: { yes: '0', abstain: '0', no: '0', no_with_veto: '0' },
    submit_time: submitted,
    voting_start_time: submitted,
    voting_end_time: isoOf(timeOf(end)),
  }
}

function contentOf(id: string, kind: Proposal['kind'], plan: Plan): object {
  const description = `What ${id} is about.`
  if (kind === 'upgrade')
    return { '@type': '/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal', title: `Upgrade ${id}`, description, plan }
  const type = kind === 'cancel' ? 'upgrade.v1beta1.CancelSoftwareUpgradeProposal' : 'gov.v1beta1.TextProposal'
  return { '@type': `/cosmos.${type}`, title: `Proposal ${id}`, description }
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString()
}

const endings = fc.constantFrom<readonly Word[]>(
  ['passed'],
  ['passed', 'executed'],
  ['PROPOSAL_STATUS_PASSED'],
  ['queued', 'executed'],
  ['rejected'],
  ['failed'],
  ['canceled'],
  ['expired'],
)
const draft = fc.record({
  wait: fc.integer({ min: 1, max: 12 }),
  voting: fc.integer({ min: 2, max: 25 }),
  kind: fc.constantFrom('upgrade', 'upgrade', 'cancel', 'text'),
  ending: endings,
  pause: fc.integer({ min: 1, max: 5 }),
  distance: fc.constantFrom(80, 95, 110, 125),
})

const truth: fc.Arbitrary<readonly Proposal[]> = fc
  .array(draft, { minLength: 1, maxLength: 4, size: 'max' })
  .map((all) => {
    let submitted = firstBlock
    return all.map(({ wait, voting, kind, ending, pause, distance }, index) => {
      submitted += wait
      const end = submitted + voting
      return {
        id: String(index + 1),
        kind: index === 0 && kind === 'cancel' ? 'upgrade' : kind,
        // Each has a height of its own.
        plan: { name: `v${index + 1}`, height: firstBlock + distance + index },
        timeline: [[submitted, 'voting'], ...ending.map((word, step): [number, Word] => [end + step * pause, word])],
        end,
      }
    })
  })

const lie = fc.record<Lie>({
  word: fc.constantFrom('gone', 'true', 'voting', 'rejected', 'canceled', 'failed', 'queued', ...accepted),
  twist: fc.constantFrom(
    {},
    {},
    {},
    { height: -15 },
    { height: 9 },
    { name: 'odd' },
    { isText: true },
    { info: '{"a":"1"}' },
  ),
  where: fc.constantFrom('both', 'both', 'list', 'one'),
})

export const wemixvisorParts: StoryParts<readonly Proposal[], Lies> = {
  truth,
  lieAbout: (proposals) =>
    fc.dictionary(fc.constantFrom(...[...proposals, ...invented].map(({ id }) => id)), lie, {
      size: 'max',
      maxKeys: 4,
    }),
}
