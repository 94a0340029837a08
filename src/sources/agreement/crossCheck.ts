import type { Head } from '../../domain/blocks/head.js'
import { SourceError } from '../../domain/errors.js'
import { isPassed } from '../../domain/plans/dueAt.js'
import { isUnproposed } from '../../domain/proposals/announced.js'
import { keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import { defined } from '../../domain/defined.js'
import { type Disagreement, disagreementOn } from '../../domain/proposals/disagreement.js'
import { proposalContent, withContentOf } from '../../domain/proposals/proposalContent.js'
import type { Json } from '../../domain/text/json.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { type AskOptions, isUnknownAt, knowsNone } from './askIfKnown.js'
import { agreedBy, askWitnesses, hostsAgainst, type Testimony } from './askWitnesses.js'
import { comparable, scheduledUnread, undecidedUnread, urgencyOf } from './comparable.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'

export interface CrossCheckOptions extends AskOptions {
  /** Returns what was known before the reading. */
  readonly known: () => {
    readonly proposals: ReadonlyMap<ProposalKey, Proposal>
    readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
    /** The newest block. */
    readonly head?: Head
    /** Where the second reading of the history continues after a restart. */
    readonly secondHistory?: Json
  }
  /** Returns a tracked proposal that is not in `known` because it was archived. @defaultValue none */
  readonly recorded?: (key: ProposalKey) => Proposal | undefined
  /** Returns the time in milliseconds, by a clock that is never set. */
  readonly now: () => number
}

/** What the nodes agree on for one proposal, and until when they are not asked again. */
interface Verdict {
  readonly agreed?: Proposal
  /** Content of the agreed proposal. */
  readonly words?: string
  /** The content the nodes were asked about. */
  readonly asked: string
  readonly until: number
  /** True if enough nodes did not know the proposal when they were asked. */
  readonly isUnknown: boolean
  /** True if a node answered without showing the plan: it did not know it, or withheld it. */
  readonly isHidden: boolean
  /** Set if a plan that is ahead is hidden once more when it is asked about again. */
  readonly unconfirmed?: Disagreement
}

// Interval of repeated questions, in milliseconds, if nodes do not agree or one keeps reporting a different content.
const againMs = 60_000
// Maximum number of proposals compared in one reading. Each costs every node two requests; open ones that are left over
// are compared in the next reading.
const mostAtOnce = 20
// Maximum number of times that so many new proposals are compared before a reading counts. With the next reading, one
// that a node invents would be known.
const mostRounds = 5
// Maximum number of verdicts kept, because anyone may propose.
const mostRemembered = 5_000

/**
 * Wraps a reader so that its proposals have the content that `agreement` nodes report. Every node is asked about each
 * new content once. If the nodes agree on a different content, or that there is no such proposal, the reading counts as
 * failed at its endpoint and the next endpoint is read; a proposal that is already known is corrected. If they do not
 * agree, the reading stands, its plan is not acted on, and the nodes are asked again. Edited proposals are not
 * compared, because nodes report the text at submission.
 */
export function crossCheck(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  const { known } = options
  const judge = createJudge(options)
  return {
    ...reader,
    async read(request) {
      const open = request.open.map((proposal) => corrected(proposal, judge.agreedOn(proposal)))
      const stored = new Map(open.map((proposal) => [keyOf(proposal), proposalContent(proposal)]))
      const found: Found = { warnings: new Set(), disagreements: new Map() }
      const reading = await reader.read({
        ...request,
        open,
        async vouch(told) {
          // Known content comes from us, so it does not prove that this node lies.
          const news = comparable(told).filter((proposal) => stored.get(keyOf(proposal)) !== proposalContent(proposal))
          const rounds = Math.ceil(news.filter((one) => urgencyOf(one, told.at) > 0).length / mostAtOnce)
          for (let round = 0; round < Math.min(Math.max(rounds, 1), mostRounds); round += 1) {
            const [contradicted] = await judge.contradictions(news, told.at, found)
            if (contradicted !== undefined) throw unlikeOthers(reader.chain, contradicted, options.agreement)
          }
          const invented = await inventedIn(news.filter(judge.isUnknown), told.at.number, options)
          if (invented !== undefined) throw unknownToOthers(reader.chain, invented, options.agreement)
          await request.vouch?.(told)
        },
      })
      const proposals = new Map(reading.proposals.map((proposal) => [keyOf(proposal), proposal]))
      const named = new Set([...proposals.keys(), ...reading.retracted])
      const unread = [...scheduledUnread(known(), named), ...undecidedUnread(known(), named, judge.undecided())]
      const suspects = [...comparable(reading), ...unread]
      for (const agreed of await judge.contradictions(suspects, reading.at, found)) {
        const proposal = proposals.get(keyOf(agreed)) ?? known().proposals.get(keyOf(agreed))
        if (proposal !== undefined) proposals.set(keyOf(agreed), withContentOf(proposal, agreed))
      }
      for (const proposal of suspects) {
        const unconfirmed = judge.unconfirmed(proposal)
        if (unconfirmed !== undefined) found.disagreements.set(unconfirmed.key, unconfirmed)
      }
      const disagreements = [...(reading.disagreements ?? []), ...found.disagreements.values()]
      return {
        ...reading,
        proposals: [...proposals.values()],
        warnings: [...reading.warnings, ...found.warnings],
        ...(disagreements.length > 0 && { disagreements }),
      }
    },
  }
}

/** What one reading found suspicious. */
interface Found {
  readonly warnings: Set<string>
  readonly disagreements: Map<ProposalKey, Disagreement>
}

interface Judge {
  /** Returns the content the nodes agreed on, if they did. */
  readonly agreedOn: (proposal: Proposal) => Proposal | undefined
  /** Returns the proposals that the nodes were asked about and did not agree on. */
  readonly undecided: () => readonly ProposalKey[]
  /** Returns the agreed version of each proposal the nodes report differently. Adds warnings for new contradictions. */
  readonly contradictions: (proposals: readonly Proposal[], at: Head, found: Found) => Promise<readonly Proposal[]>
  /** True if enough nodes did not know the proposal when they were asked; they may have been behind. */
  readonly isUnknown: (proposal: Proposal) => boolean
  /** Returns what to tell of a plan that too few nodes report, if nobody contradicts it. */
  readonly unconfirmed: (proposal: Proposal) => Disagreement | undefined
}

function createJudge({ witnesses, agreement, now, scheduler }: CrossCheckOptions): Judge {
  const verdicts = new Map<ProposalKey, Verdict>()

  function isSettled(proposal: Proposal): boolean {
    const verdict = verdicts.get(keyOf(proposal))
    const words = proposalContent(proposal)
    return verdict !== undefined && (words === verdict.words || (words === verdict.asked && now() < verdict.until))
  }

  async function ask(proposal: Proposal, at: Head, { warnings, disagreements }: Found): Promise<void> {
    const asked = proposalContent(proposal)
    const answers = await askWitnesses(witnesses, proposal, {
      isEnough: (heard) =>
        heard.filter((one) => one.proposal !== undefined && proposalContent(one.proposal) === asked).length >=
        agreement,
      scheduler,
    })
    const told = answers.filter(hasContent)
    const agreed = agreedBy(told, agreement, proposalContent)
    const words = agreed === undefined ? undefined : proposalContent(agreed)
    const before = verdicts.get(keyOf(proposal))
    const isHidden = agreed === undefined && isAhead(proposal, at) && answers.some(showsNone)
    // A node that was down may be behind when it answers for the first time.
    const isLasting = isHidden && before?.isHidden === true && before.asked === asked
    const unconfirmed = isLasting ? disagreementOn(proposal, told, agreement, 1) : undefined
    verdicts.delete(keyOf(proposal))
    verdicts.set(keyOf(proposal), {
      asked,
      until: now() + againMs,
      isUnknown: told.filter(knowsNone).length >= agreement,
      isHidden,
      ...defined({ unconfirmed }),
      ...(agreed !== undefined && words !== undefined && { agreed, words }),
    })
    const [oldest] = verdicts.keys()
    if (verdicts.size > mostRemembered && oldest !== undefined) verdicts.delete(oldest)
    const disagreement = disagreementOn(proposal, told, agreement)
    if (disagreement !== undefined) disagreements.set(keyOf(proposal), disagreement)
    const against = hostsAgainst(told, agreed ?? proposal, proposalContent)
    if (agreed !== undefined && words !== asked) warnings.add(oddText(proposal, against, agreement))
    else if (agreed === undefined && before?.asked !== asked && against.length > 0)
      warnings.add(splitText(proposal, told))
  }

  const agreedOn = (proposal: Proposal): Proposal | undefined => verdicts.get(keyOf(proposal))?.agreed
  const waitsUntil = (proposal: Proposal): number => verdicts.get(keyOf(proposal))?.until ?? -Infinity
  return {
    agreedOn,
    isUnknown: (proposal) => verdicts.get(keyOf(proposal))?.isUnknown === true,
    unconfirmed: (proposal) => verdicts.get(keyOf(proposal))?.unconfirmed,
    undecided: () => [...verdicts].flatMap(([key, { agreed }]) => (agreed === undefined ? [key] : [])),
    async contradictions(proposals, at, found) {
      const unsettled = proposals.filter((proposal) => !isSettled(proposal)).sort(byTurn(at, waitsUntil))
      await Promise.all(unsettled.slice(0, mostAtOnce).map((proposal) => ask(proposal, at, found)))
      return proposals.flatMap((proposal) => {
        const verdict = verdicts.get(keyOf(proposal))
        const isOther = verdict?.words !== undefined && verdict.words !== proposalContent(proposal)
        return isOther && isSettled(proposal) && verdict.agreed !== undefined ? [verdict.agreed] : []
      })
    },
  }
}

/** Returns a proposal that enough nodes do not know at this block. */
async function inventedIn(
  doubted: readonly Proposal[],
  at: bigint,
  options: CrossCheckOptions,
): Promise<Proposal | undefined> {
  // Real ones for which the node names wrong blocks may come first.
  for (let from = 0; from < doubted.length && from < mostRounds * mostAtOnce; from += mostAtOnce) {
    const asked = doubted.slice(from, from + mostAtOnce)
    const answers = await Promise.all(asked.map((proposal) => isUnknownAt(at, proposal, options)))
    const invented = asked.find((_proposal, index) => answers[index])
    if (invented !== undefined) return invented
  }
  return undefined
}

/** The most urgent first, and of these the ones that have waited longest, so that each has its turn. */
function byTurn(at: Head, waitsUntil: (proposal: Proposal) => number): (one: Proposal, other: Proposal) => number {
  return (one, other) => urgencyOf(other, at) - urgencyOf(one, at) || waitsUntil(one) - waitsUntil(other) || 0
}

/** True if the proposal has a plan that stands and can still be carried out. */
function isAhead({ finding }: Proposal, at: Head): boolean {
  return finding !== undefined && finding.withdrawn === undefined && !isPassed(finding.plan, at)
}

/** True if a node answers and does not know or show a proposal. */
function showsNone(answer: Testimony): boolean {
  return knowsNone(answer) || answer.withholds === true
}

/** False for a plan without a proposal that was carried out: of it, the chain keeps the name and the height only. */
function hasContent({ proposal }: Testimony): boolean {
  return proposal === undefined || !isUnproposed(proposal) || proposal.finding?.applied === undefined
}

function corrected(proposal: Proposal, agreed: Proposal | undefined): Proposal {
  return agreed === undefined || proposalContent(agreed) === proposalContent(proposal)
    ? proposal
    : withContentOf(proposal, agreed)
}

function unlikeOthers(chain: string, { id }: Proposal, agreement: number): SourceError {
  return new SourceError(
    'transient',
    `A node of ${chain} reports proposal ${id} with another content than the one that ${agreement} nodes agree on. It is not read as long as it does so.`,
  )
}

function unknownToOthers(chain: string, { id }: Proposal, agreement: number): SourceError {
  return new SourceError(
    'transient',
    `A node of ${chain} reports proposal ${id}, which ${agreement} nodes do not know. It is not read as long as it does so.`,
  )
}

function oddText({ chain, id, contract }: Proposal, hosts: readonly string[], agreement: number): string {
  const who = hosts.length === 0 ? 'A node' : hosts.join(' and ')
  return `${who} reported proposal ${id} of ${contract} on ${chain} with another content than the one that ${agreement} nodes agree on. Theirs is used. Check that node: its answers cannot be trusted.`
}

/** Groups the hosts by the content that they report. */
function splitText({ chain, id, contract }: Proposal, told: readonly Testimony[]): string {
  const groups = new Map<string, string[]>()
  for (const { host, proposal } of told) {
    if (proposal === undefined) continue
    const words = proposalContent(proposal)
    groups.set(words, [...(groups.get(words) ?? []), host])
  }
  const sides = [...groups.values()].map((hosts) => hosts.join(' and ')).join(', and ')
  return `The nodes of ${chain} do not agree on the content of proposal ${id} of ${contract}: ${sides} each report a different one. govstream does not act on its plan until enough nodes agree.`
}
