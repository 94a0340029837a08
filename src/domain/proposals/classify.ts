import type { Labels } from '../labels.js'
import { compilePattern, type Pattern } from '../text/pattern.js'
import type { PlanFinding } from '../plans/plan.js'
import type { Action, ProposalType } from './proposal.js'

/** A rule of the operator's own: what meets all its conditions has this type. */
export interface ClassifyRule {
  readonly type: ProposalType
  /**
   * Source of a regular expression of RE2, looked for in the title in either case. Must compile: the config checks it.
   */
  readonly title?: string | undefined
  /** Address that one of the calls goes to. */
  readonly target?: string | undefined
  /** What a proposal that it fits is called by. */
  readonly labels?: Labels | undefined
}

export interface Classified {
  readonly title: string
  readonly actions: readonly Pick<Action, 'target' | 'effect'>[]
  readonly finding?: PlanFinding | undefined
  /** What the chain itself says it is, where its proposals have kinds. */
  readonly kind?: ProposalType | undefined
}

// A title has 120 code points; whoever brings a longer one shall not make a pattern run long.
const maxTested = 240
const compiled = new WeakMap<ClassifyRule, Pattern>()

/**
 * The type of a proposal. The first rule that fits wins; then the chain's own kind, where it has kinds; else a plan
 * makes an upgrade, no call with an effect a text, a call to the governance itself a parameter change, transfers
 * alone a community proposal; the rest is `other`.
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

/** The rule that classifies a proposal: the first one that fits. */
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
  const pattern = compilePattern(source)
  compiled.set(rule, pattern)
  return pattern
}
