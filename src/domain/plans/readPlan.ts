import { defined } from '../defined.js'
import { binariesIn } from './binaryFindings.js'
import { boundedJson } from '../text/boundedJson.js'
import { heightProblems, nameProblems, unreadHeights, unreadName } from './checkPlan.js'
import { isJsonObject, type Json } from '../text/json.js'
import { type Plan, shownPlanName } from './plan.js'

/** A plan as somebody wrote it; `problems` say why it must not be acted on. */
export interface WrittenPlan {
  readonly plan: Plan
  readonly problems: readonly string[]
}

const maxInfo = 65_536
const maxBinaries = 64

const infoFaults = {
  deep: "The plan's info is nested too deeply.",
  shape: "The plan's info is neither a text nor an object.",
  long: `The plan's info is longer than ${maxInfo} characters.`,
}

/** Problems of an info that is not stored. */
export const unkeptInfos: readonly string[] = Object.values(infoFaults)

/**
 * Reads name, height and info from a parsed JSON value of any shape and ignores other keys. Never throws.
 *
 * A missing name becomes `''`, a height that is not a number becomes 0, each with its problem. An unusable name is
 * cleaned so that it can at least be displayed. The height may be a number, a bigint or a decimal string.
 */
export function readPlan(value: unknown): WrittenPlan {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { plan: { name: '', height: 0 }, problems: ['The plan is not a JSON object with a name and a height.'] }
  }
  const parts = new Map<string, unknown>(Object.entries(value))
  const name = readName(parts.get('name'))
  const height = readHeight(parts.get('height'))
  const info = readInfo(parts.get('info'))
  const binaries = info.info === undefined ? {} : pickBinaries(info.info)
  return {
    plan: {
      name: name.name,
      height: height.height,
      ...defined({ info: info.info }),
      ...(Object.keys(binaries).length > 0 && { binaries }),
    },
    problems: [...name.problems, ...height.problems, ...info.problems],
  }
}

function readName(value: unknown): { readonly name: string; readonly problems: readonly string[] } {
  if (value === undefined || value === '') return { name: '', problems: nameProblems('') }
  if (typeof value !== 'string') return { name: '', problems: [unreadName] }
  const problems = nameProblems(value)
  return { name: problems.length === 0 ? value : shownPlanName({ name: value }), problems }
}

function readHeight(value: unknown): { readonly height: number; readonly problems: readonly string[] } {
  if (value === undefined || value === null) return { height: 0, problems: unreadHeights.slice(0, 1) }
  const isDecimal = typeof value === 'string' && /^-?\d{1,100}(?:\.\d{1,100})?$/.test(value)
  const height = typeof value === 'number' || typeof value === 'bigint' || isDecimal ? Number(value) : NaN
  // NaN and Infinity cannot be written as JSON, so they are not stored.
  return { height: Number.isFinite(height) ? height + 0 : 0, problems: heightProblems(height) }
}

function readInfo(value: unknown): {
  readonly info?: string | (Plan['info'] & object)
  readonly problems: readonly string[]
} {
  if (value === undefined || value === null || value === '') return { problems: [] }
  const info: Json | undefined = boundedJson(value)
  if (info === undefined) return { problems: [infoFaults.deep] }
  if (typeof info !== 'string' && !isJsonObject(info)) return { problems: [infoFaults.shape] }
  const size = typeof info === 'string' ? info.length : JSON.stringify(info).length
  return size > maxInfo ? { problems: [infoFaults.long] } : { info, problems: [] }
}

function pickBinaries(info: NonNullable<Plan['info']>): Readonly<Record<string, string>> {
  const named = binariesIn(info)
  if (!isJsonObject(named)) return {}
  const picked = Object.entries(named)
    .slice(0, maxBinaries)
    .flatMap(([platform, url]): [string, string][] =>
      typeof url === 'string' && platform !== '__proto__' ? [[platform, url]] : [],
    )
  return Object.fromEntries(picked)
}
