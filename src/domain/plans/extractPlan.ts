import { parsedJson } from '../text/boundedJson.js'
import { markdownBlocks } from '../markdown/markdownBlocks.js'
import { mergeFound, contentOf } from './combinePlans.js'
import type { PlanFinding } from './plan.js'
import type { Action } from '../proposals/proposal.js'
import { readPlan, type WrittenPlan } from './readPlan.js'
import { cleanLine } from '../text/text.js'
import { withoutProposer } from '../proposals/withoutProposer.js'

/** The places where a plan may be written. All texts are raw and complete, as the chain has them. */
export interface PlanSources {
  readonly description: string
  readonly actions: readonly Pick<Action, 'schedules'>[]
  readonly memo?: string
  /** WEMIX: the value of an EnvVal ballot, as text. */
  readonly envVal?: string
  /** A plan that the proposal carries as structured data, as parsed JSON. */
  readonly plan?: unknown
}

// Maximum number of characters that are searched, 1 Mi. A block holds less.
const maxScan = 1_048_576
const outOfSight =
  'An upgrade-plan block stands within HTML or a comment, where a reader of the text does not see it as a plan.'

/**
 * Returns the plan that a proposal carries, if any. Never throws, whatever the texts contain; takes linear time.
 *
 * The search order is: a call `scheduleUpgrade(name, height, info)`, or the structured plan of the proposal; fenced
 * blocks `upgrade-plan` of the description, then of the memo; a memo, or description, that consists only of such a JSON
 * object; the value of an EnvVal ballot. The first hit gives plan and origin. All hits are read, and two that disagree
 * are a problem.
 *
 * A block counts if a reader of the rendered text sees it. A block within raw HTML or a comment is a problem, because
 * other tools may act on it, unless it says the same as a visible plan; then it is ignored.
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
    ...texts.flatMap((text) => planInWholeText(text, 'memo')),
    ...planInWholeText(envVal.slice(0, maxScan), 'env-val'),
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

/** Finds plan blocks like a tool that ignores HTML: each block reaches from its fence to the next fence of any kind. */
function hiddenIn(html: string): readonly PlanBlock[] {
  const fences = [...html.matchAll(anyFence)]
  return fences.flatMap(({ 0: marks, 1: info = '', index }, at): readonly PlanBlock[] =>
    isPlanBlock(info) ? [{ body: html.slice(index + marks.length, fences[at + 1]?.index), isHidden: true }] : [],
  )
}

function findingIn({ body }: PlanBlock): PlanFinding {
  return { origin: 'fenced-block', ...planIn(body, 'The upgrade-plan block') }
}

/** Returns the hidden findings that differ from the visible ones, each with that as an additional problem. */
function refused(hidden: readonly PlanFinding[], visible: readonly PlanFinding[]): readonly PlanFinding[] {
  const seen = new Set(visible.map(({ plan }) => contentOf(plan)))
  return hidden
    .filter(({ plan, problems }) => problems.length > 0 || !seen.has(contentOf(plan)))
    .map((finding) => ({ ...finding, problems: [outOfSight, ...finding.problems] }))
}

/** Returns true if the first word of the info string is `upgrade-plan`, in any case; renderers read it the same way. */
function isPlanBlock(info: string): boolean {
  return /^upgrade-plan(?:\s|$)/i.test(cleanLine(info, 100))
}

/**
 * Reads a text that consists only of a plan. Other JSON is ignored, because memos and metadata are often JSON. A text
 * that cannot be parsed but contains both keys was meant as a plan, so it is reported instead of ignored.
 */
function planInWholeText(text: string, origin: 'memo' | 'env-val'): readonly PlanFinding[] {
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
