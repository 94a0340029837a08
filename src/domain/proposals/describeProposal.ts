import { defined } from '../defined.js'
import { typeOf, type ClassifyRule } from './classify.js'
import { extractPlan } from '../plans/extractPlan.js'
import type { PlanFinding } from '../plans/plan.js'
import type { Action, Proposal, ProposalType } from './proposal.js'
import { cleanLine, cleanText } from '../text/text.js'
import { titleOf, untitled } from './titleOf.js'

/** The raw data that a chain reports about a proposal. */
export interface RawProposal {
  /** The title, if the chain stores it apart from the description. */
  readonly title?: string
  readonly description: string
  readonly actions: readonly Action[]
  readonly memo?: string
  /** WEMIX: the value of an EnvVal ballot, as text. */
  readonly envVal?: string
  /** A plan that the proposal carries as structured data, beside its texts: parsed JSON of any shape. */
  readonly plan?: unknown
  /** The chain's own kind, if its proposals have kinds. */
  readonly kind?: ProposalType
}

/** The parts of a proposal that people are shown, and its plan. Safe to print. */
export type DescribedProposal = Pick<Proposal, 'title' | 'description' | 'type'> & { readonly finding?: PlanFinding }

const maxDescription = 20_000

/**
 * Turns the raw text and calls of a proposal into text that is safe to show: a title of one line, a description of at
 * most 20,000 code points, the type, and the plan with its problems. The plan is searched in the whole text.
 */
export function describeProposal(raw: RawProposal, rules: readonly ClassifyRule[]): DescribedProposal {
  const finding = extractPlan(raw)
  const title = titleFor(raw, finding)
  return {
    title,
    description: cleanText(raw.description, maxDescription),
    type: typeOf({ title, actions: raw.actions, finding, kind: raw.kind }, rules),
    ...defined({ finding }),
  }
}

function titleFor(
  { title: given = '', description, memo = '' }: RawProposal,
  finding: PlanFinding | undefined,
): string {
  const own = cleanLine(given, 120)
  if (own !== '') return own
  const written = [description, memo]
    .filter((text) => finding === undefined || !text.trimStart().startsWith('{'))
    .map(titleOf)
  const title = written.find((candidate) => candidate !== untitled)
  if (title !== undefined) return title
  return finding === undefined || finding.plan.name === '' ? untitled : cleanLine(`Upgrade ${finding.plan.name}`, 120)
}
