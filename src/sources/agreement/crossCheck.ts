import type { SchedulerLike } from 'rxjs'
import { SourceError } from '../../domain/errors.js'
import { isOpen, keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import { type Disagreement, disagreementOn } from '../../domain/proposals/disagreement.js'
import { proposalContent, withContentOf } from '../../domain/proposals/proposalContent.js'
import type { GoodReading } from '../../domain/reading.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { agreedBy, askWitnesses, hostsAgainst, type Testimony } from './askWitnesses.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { isPassed } from '../../domain/plans/dueAt.js'

export interface CrossCheckOptions {
  /** One reader a node. */
  readonly witnesses: readonly GovernanceReader[]
  /** How many of them must agree. */
  readonly agreement: number
  /** What was known before the reading. */
  readonly known: () => {
    readonly proposals: ReadonlyMap<ProposalKey, Proposal>
    readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
  }
  /** A tracked proposal that is not among the known ones, for it was archived. @defaultValue there is none */
  readonly recorded?: (key: ProposalKey) => Proposal | undefined
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler?: SchedulerLike
}

/** What the nodes agree on for one proposal, and until when nobody is asked again. */
interface Verdict {
  readonly agreed?: Proposal
  /** Content of the agreed one. */
  readonly words?: string
  /** The content that was asked about. */
  readonly asked: string
  readonly until: number
}

type Told = Pick<GoodReading, 'at'> & Partial<Pick<GoodReading, 'proposals' | 'backlog'>>

// Where nodes cannot agree, or one goes on telling otherwise, they are asked again this often.
const againMs = 60_000
// Each costs every node two requests; open ones that are left come with the next reading.
const mostAtOnce = 20
// Anyone may propose.
const mostRemembered = 5_000

/**
 * The reader, whose proposals say what `agreement` nodes say: each new content is asked for at every node, once. Where
 * they agree on another one, the reading has failed at its endpoint and the next is read; what is known already is
 * corrected. Where they cannot agree the reading stands and they are asked again, and its plan is not acted on before
 * they do. A proposal that was edited is not asked for, for nodes tell the text that it was submitted with.
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
          // What is known already comes from us, and is no lie of this node.
          const news = askedFor(told).filter((proposal) => stored.get(keyOf(proposal)) !== proposalContent(proposal))
          const [contradicted] = await judge.contradictions(news, found)
          if (contradicted !== undefined) throw unlikeOthers(reader.chain, contradicted, options.agreement)
          await request.vouch?.(told)
        },
      })
      const proposals = new Map(reading.proposals.map((proposal) => [keyOf(proposal), proposal]))
      const suspects = [...askedFor(reading), ...scheduled(known(), proposals)]
      for (const agreed of await judge.contradictions(suspects, found)) {
        const proposal = proposals.get(keyOf(agreed)) ?? known().proposals.get(keyOf(agreed))
        if (proposal !== undefined) proposals.set(keyOf(agreed), withContentOf(proposal, agreed))
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

/** What was found odd in the course of one reading. */
interface Found {
  readonly warnings: Set<string>
  readonly disagreements: Map<ProposalKey, Disagreement>
}

interface Judge {
  /** What nodes agreed on for it, as far as is known. */
  readonly agreedOn: (proposal: Proposal) => Proposal | undefined
  /** For each that nodes agree on otherwise, as they agree on it. New contradictions are worth a warning. */
  readonly contradictions: (proposals: readonly Proposal[], found: Found) => Promise<readonly Proposal[]>
}

function createJudge({ witnesses, agreement, now, scheduler }: CrossCheckOptions): Judge {
  const verdicts = new Map<ProposalKey, Verdict>()

  function isSettled(proposal: Proposal): boolean {
    const verdict = verdicts.get(keyOf(proposal))
    if (verdict === undefined) return false
    const words = proposalContent(proposal)
    return words === verdict.words || (words === verdict.asked && now() < verdict.until)
  }

  async function ask(proposal: Proposal, { warnings, disagreements }: Found): Promise<void> {
    const asked = proposalContent(proposal)
    const told = await askWitnesses(witnesses, proposal, {
      isEnough: (heard) =>
        heard.filter((one) => one.proposal !== undefined && proposalContent(one.proposal) === asked).length >=
        agreement,
      scheduler,
    })
    const agreed = agreedBy(told, agreement, proposalContent)
    const words = agreed === undefined ? undefined : proposalContent(agreed)
    const before = verdicts.get(keyOf(proposal))
    verdicts.delete(keyOf(proposal))
    verdicts.set(keyOf(proposal), {
      asked,
      until: now() + againMs,
      ...(agreed !== undefined && words !== undefined && { agreed, words }),
    })
    const [oldest] = verdicts.keys()
    if (verdicts.size > mostRemembered && oldest !== undefined) verdicts.delete(oldest)
    const disagreement = disagreementOn(proposal, told, agreement)
    if (disagreement !== undefined) disagreements.set(keyOf(proposal), disagreement)
    if (agreed !== undefined && words !== asked)
      warnings.add(oddText(proposal, hostsAgainst(told, agreed, proposalContent), agreement))
    else if (
      agreed === undefined &&
      before?.asked !== asked &&
      hostsAgainst(told, proposal, proposalContent).length > 0
    )
      warnings.add(splitText(proposal, told))
  }

  const agreedOn = (proposal: Proposal): Proposal | undefined => verdicts.get(keyOf(proposal))?.agreed
  return {
    agreedOn,
    async contradictions(proposals, found) {
      const unsettled = proposals.filter((proposal) => !isSettled(proposal)).slice(0, mostAtOnce)
      await Promise.all(unsettled.map((proposal) => ask(proposal, found)))
      return proposals.flatMap((proposal) => {
        const verdict = verdicts.get(keyOf(proposal))
        const isOther = verdict?.words !== undefined && verdict.words !== proposalContent(proposal)
        return isOther && isSettled(proposal) && verdict.agreed !== undefined ? [verdict.agreed] : []
      })
    },
  }
}

/** Those with a plan first, and only what can still lead to one. Of a long history the end is enough. */
function askedFor({ proposals = [], at, backlog = 0n }: Told): readonly Proposal[] {
  const asked = proposals.filter(
    (proposal) =>
      proposal.edited !== true &&
      (isOpen(proposal) ||
        ((proposal.status === 'executed' || proposal.status === 'passed') &&
          (backlog === 0n || (proposal.finding !== undefined && !isPassed(proposal.finding.plan, at))))),
  )
  const hasPlan = ({ finding }: Proposal): boolean => finding !== undefined
  return [...asked.filter(hasPlan), ...asked.filter((proposal) => !hasPlan(proposal))]
}

/** What is scheduled is looked at also where the reading says nothing of it. */
function scheduled(
  { proposals, upgrades }: ReturnType<CrossCheckOptions['known']>,
  read: ReadonlyMap<ProposalKey, Proposal>,
): readonly Proposal[] {
  return [...upgrades.values()].flatMap(({ key, status }) => {
    const proposal = proposals.get(key)
    return status === 'scheduled' && proposal !== undefined && proposal.edited !== true && !read.has(key)
      ? [proposal]
      : []
  })
}

function corrected(proposal: Proposal, agreed: Proposal | undefined): Proposal {
  return agreed === undefined || proposalContent(agreed) === proposalContent(proposal)
    ? proposal
    : withContentOf(proposal, agreed)
}

function unlikeOthers(chain: string, { id }: Proposal, agreement: number): SourceError {
  return new SourceError(
    'transient',
    `A node of ${chain} tells proposal ${id} with another content than ${agreement} nodes that agree on it: it is not read while it does.`,
  )
}

function oddText({ chain, id, contract }: Proposal, hosts: readonly string[], agreement: number): string {
  const who = hosts.length === 0 ? 'A node' : hosts.join(' and ')
  return `${who} told proposal ${id} of ${contract} on ${chain} with another content than ${agreement} nodes that agree on it: theirs counts. Look at that node: its answers cannot be trusted.`
}

/** Each host with those that say the same as it does. */
function splitText({ chain, id, contract }: Proposal, told: readonly Testimony[]): string {
  const groups = new Map<string, string[]>()
  for (const { host, proposal } of told) {
    if (proposal === undefined) continue
    const words = proposalContent(proposal)
    groups.set(words, [...(groups.get(words) ?? []), host])
  }
  const sides = [...groups.values()].map((hosts) => hosts.join(' and ')).join(', and ')
  return `The nodes of ${chain} do not agree on the content of proposal ${id} of ${contract}: ${sides} each tell another. govstream does not act on its plan before enough of them agree.`
}
