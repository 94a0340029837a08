import { parsedJson } from '../text/boundedJson.js'
import { markdownBlocks } from '../markdown/markdownBlocks.js'
import { mergeFound, contentOf } from './combinePlans.js'
import type { PlanFinding } from './plan.js'
import type { Action } from '../proposals/proposal.js'
import { readPlan, type WrittenPlan } from './readPlan.js'
import { cleanLine } from '../text/text.js'
import { withoutProposer } from '../proposals/withoutProposer.js'

/** Where a plan may be written. All texts raw and whole, as the chain has them. */
export interface PlanSources {
  readonly description: string
  readonly actions: readonly Pick<Action, 'schedules'>[]
  readonly memo?: string
  /** WEMIX: the value of an EnvVal ballot, as text. */
  readonly envVal?: string
  /** A plan the proposal carries as such, as parsed JSON. */
  readonly plan?: unknown
}

// 1 Mi characters: more than a block holds.
const maxScan = 1_048_576
const outOfSight =
  'An upgrade-plan block stands within HTML or a comment, where a reader of the text does not see it as a plan.'

/**
 * The plan a proposal carries, if it carries one. Never throws, whatever the texts hold; takes linear time.
 *
 * Looked for in this order: a call `scheduleUpgrade(name, height, info)`, or the plan a proposal has in its place;
 * fenced blocks `upgrade-plan` of the description, then of the memo; a memo, or description, that is nothing but
 * such a JSON object; the value of an EnvVal ballot. The first hit gives plan and origin. All hits are read: two that
 * disagree are a problem.
 *
 * A block counts where a reader of the text sees it. One within raw HTML or a comment is a problem, for other tools
 * may act on it, unless what it says is what a plan that can be seen says: then it changes nothing.
 */
export function extractPlan({
  description,
  actions,
  memo = '',
  envVal = '',
  plan,
}: PlanSources): PlanFinding | undefined {
  const texts = [withoutProposer(description), memo].map((text) => text.slice(0, maxScan))
  const blocks = texts.flatMap(blocksOf)
  const visible = [
    ...actions.flatMap(({ schedules }): readonly PlanFinding[] =>
      schedules === undefined ? [] : [{ origin: 'call', ...readPlan(schedules) }],
    ),
    ...(plan === undefined ? [] : [{ origin: 'call' as const, ...readPlan(plan) }]),
    ...blocks.filter(({ isHidden }) => !isHidden).map(findingIn),
    ...texts.flatMap((text) => wholeOf(text, 'memo')),
    ...wholeOf(envVal.slice(0, maxScan), 'env-val'),
  ]
  return mergeFound([...visible, ...refused(blocks.filter(({ isHidden }) => isHidden).map(findingIn), visible)])
}

interface PlanBlock {
  readonly body: string
  readonly isHidden: boolean
}

function blocksOf(text: string): readonly PlanBlock[] {
  if (!text.includes('```') && !text.includes('~~~')) return []
  const found: PlanBlock[] = []
  for (const block of markdownBlocks(text)) {
    if (block.kind === 'fence' && isPlanBlock(block.info)) found.push({ body: block.body, isHidden: false })
    else if (block.kind === 'html') found.push(...hiddenIn(block.body))
  }
  return found
}

const anyFence = /(?:`{3,}|~{3,})([^\n]*)/g

/**
 * The plan blocks as a tool would find them that knows nothing of HTML: each from its marks to the next marks of any
 * kind.
 */
function hiddenIn(html: string): readonly PlanBlock[] {
  const fences = [...html.matchAll(anyFence)]
  return fences.flatMap(({ 0: marks, 1: info = '', index }, at): readonly PlanBlock[] =>
    isPlanBlock(info) ? [{ body: html.slice(index + marks.length, fences[at + 1]?.index), isHidden: true }] : [],
  )
}

function findingIn({ body }: PlanBlock): PlanFinding {
  return { origin: 'fenced-block', ...planIn(body, 'The upgrade-plan block') }
}

/** The hidden findings that say something else than the visible ones, each with that as its problem. */
function refused(hidden: readonly PlanFinding[], visible: readonly PlanFinding[]): readonly PlanFinding[] {
  const seen = new Set(visible.map(({ plan }) => contentOf(plan)))
  return hidden
    .filter(({ plan, problems }) => problems.length > 0 || !seen.has(contentOf(plan)))
    .map((finding) => ({ ...finding, problems: [outOfSight, ...finding.problems] }))
}

/** As renderers do, the first word of the info string counts, in either case. */
function isPlanBlock(info: string): boolean {
  return /^upgrade-plan(?:\s|$)/i.test(cleanLine(info, 100))
}

/**
 * A text that is nothing but a plan. Other JSON is none of our business: memos and metadata are often JSON. What
 * cannot be parsed but names both keys was meant as a plan, and saying nothing would hide the slip.
 */
function wholeOf(text: string, origin: 'memo' | 'env-val'): readonly PlanFinding[] {
  const whole = text.trim()
  if (!whole.startsWith('{')) return []
  const value = parsedJson(whole)
  const isPlan =
    typeof value === 'object' && value !== null
      ? Object.hasOwn(value, 'height') && (Object.hasOwn(value, 'name') || Object.hasOwn(value, 'info'))
      : whole.endsWith('}') && whole.includes('"name"') && whole.includes('"height"')
  return isPlan ? [{ origin, ...planIn(whole, origin === 'memo' ? 'The memo' : 'The value of the ballot') }] : []
}

function planIn(text: string, place: string): WrittenPlan {
  const value = parsedJson(text.trim())
  return value === undefined
    ? { plan: { name: '', height: 0 }, problems: [`${place} is not valid JSON, so its plan cannot be read.`] }
    : readPlan(value)
}
