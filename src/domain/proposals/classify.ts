import type { Labels } from '../labels.js'
import { compilePattern, type Pattern, patternMark } from '../text/pattern.js'
import type { PlanFinding } from '../plans/plan.js'
import type { Action, ProposalType } from './proposal.js'

/** A classification rule of the operator. A proposal that meets all of its conditions gets this type. */
export interface ClassifyRule {
  readonly type: ProposalType
  /**
   * RE2 source of a regular expression that is searched in the title, ignoring case. It must compile; the configuration
   * checks that.
   */
  readonly title?: string | undefined
  /** Address that one of the proposal's calls must go to. */
  readonly target?: string | undefined
  /** Labels added to the proposals that the rule matches. */
  readonly labels?: Labels | undefined
}

export interface Classified {
  readonly title: string
  readonly actions: readonly Pick<Action, 'target' | 'effect'>[]
  readonly finding?: PlanFinding | undefined
  /** The kind that the chain itself reports, if its proposals have kinds. */
  readonly kind?: ProposalType | undefined
}

// Maximum number of characters of a title that a pattern is run on. Titles have at most 120 code points; the cap keeps
// a longer one from making a pattern slow.
const maxTested = 240
const compiled = new WeakMap<ClassifyRule, Pattern>()

/**
 * Returns the type of a proposal. The first rule that matches decides. Otherwise the chain's own kind is used, if it
 * has kinds. Otherwise a proposal with a plan is an upgrade; one without any call that has an effect is a text; one
 * with a call to the governance itself is a parameter change; one whose calls are all transfers is a community
 * proposal; the rest is `other`.
 */
export function typeOf(proposal: Classified, rules: readonly ClassifyRule[]): ProposalType {
  const rule = ruleFor(proposal, rules)
  if (rule !== undefined) return rule.type
  if (proposal.kind !== undefined) return proposal.kind
  if (proposal.finding !== undefined) return 'upgrade'
  const effects = proposal.actions.map(({ effect }) => effect).filter((effect) => effect !== 'none')
  if (effects.length === 0) return 'text'
  if (effects.includes('governance')) return 'parameter'
  return effects.every((effect) => effect === 'transfer') ? 'community' : 'other'
}

/** Returns the first rule that matches a proposal. */
export function ruleFor(
  proposal: Pick<Classified, 'title' | 'actions'>,
  rules: readonly ClassifyRule[],
): ClassifyRule | undefined {
  return rules.find((rule) => fits(rule, proposal))
}

function fits(rule: ClassifyRule, { title, actions }: Pick<Classified, 'title' | 'actions'>): boolean {
  const target = rule.target?.toLowerCase()
  return (
    (rule.title === undefined || patternOf(rule, rule.title)(title.slice(0, maxTested))) &&
    (target === undefined || actions.some((action) => action.target.toLowerCase() === target))
  )
}

function patternOf(rule: ClassifyRule, source: string): Pattern {
  const known = compiled.get(rule)
  if (known !== undefined) return known
  // The mark is not needed here, but it is in matches of routes, so it is expected here too.
  const pattern = compilePattern(source.startsWith(patternMark) ? source.slice(patternMark.length) : source)
  compiled.set(rule, pattern)
  return pattern
}
