import { binaryFindings, type PlanFaults } from './binaryFindings.js'
import type { DueAt } from './dueAt.js'
import { maxPlanName, type Plan } from './plan.js'
import { upgradeDirectory } from '../readiness/upgradeDirectory.js'
import { hasInvisible } from '../text/text.js'

export interface CheckPlanOptions {
  /** The reader of the file; its rules for names apply too. @defaultValue none */
  readonly profile?: 'wemixvisor' | 'cosmovisor' | 'portable'
}

const maxDirectoryBytes = 255
const maxShown = 10

/**
 * Returns the problems that forbid acting on a plan, and the warnings that an operator should look at before it is due.
 * One sentence each.
 *
 * Problems refuse the plan. A name that could lead out of its directory, or that looks like another name, is always
 * one.
 */
export function checkPlan(plan: Plan, { profile }: CheckPlanOptions = {}): PlanFaults {
  const binaries = binaryFindings(plan)
  return {
    problems: [
      ...nameProblems(plan.name),
      ...dueProblems(plan),
      ...portableProblems(plan.name, profile),
      ...limitFindings(binaries.problems),
    ],
    warnings: [...nameWarnings(plan.name, profile), ...limitFindings(binaries.warnings)],
  }
}

/** Problems of a plan whose height could not be read; the plan then has the height 0. */
export const unreadHeights: readonly string[] = ['The plan has no height.', "The plan's height is not a number."]
export const unreadName = "The plan's name is not a text."

const faults = {
  unseen: "The plan's name holds characters that cannot be seen.",
  long: `The plan's name is longer than ${maxPlanName} characters.`,
  slash: "The plan's name holds a slash, which could lead out of the upgrade directory.",
  space: "The plan's name begins or ends with a space.",
  form: "The plan's name is not in Unicode normal form C: another name looks the same.",
  bytes: `The plan's name is longer than ${maxDirectoryBytes} bytes, the most a directory name can have.`,
}

/** Problems of a name that is stored in its cleaned form, in which the problem can no longer be seen. */
export const unkeptNames: readonly string[] = [unreadName, ...Object.values(faults)]

/** Returns why a name cannot be the name of a directory. */
export function nameProblems(name: string): readonly string[] {
  if (name.trim() === '') return ['The plan has no name.']
  if (hasInvisible(name)) return [faults.unseen]
  const points = name.length > 2 * maxPlanName ? Infinity : Array.from(name).length
  if (points > maxPlanName) return [faults.long]
  const problems: string[] = []
  if (/[/\\]/.test(name)) problems.push(faults.slash)
  if (name === '.' || name === '..') problems.push(`The plan's name "${name}" means another directory.`)
  if (name !== name.trim()) problems.push(faults.space)
  if (name !== name.normalize('NFC')) problems.push(faults.form)
  if (encodeURIComponent(name).replace(/%../g, '_').length > maxDirectoryBytes) problems.push(faults.bytes)
  return problems
}

/** Returns why it cannot be decided when a plan is due: by its height, or by its time if it has no height. */
export function dueProblems({ height, time }: DueAt): readonly string[] {
  if (height !== undefined && time !== undefined)
    return ['The plan has a height and a time: it is unclear which of them counts.']
  if (height === undefined && time === undefined) return unreadHeights.slice(0, 1)
  return height === undefined ? timeProblems(time ?? 0n) : heightProblems(height)
}

// The year 10000, after which times cannot be displayed.
const firstUnusable = 253_402_300_800n

function timeProblems(time: bigint): readonly string[] {
  if (time <= 0n) return [`The plan's time ${time} is not above 0.`]
  return time < firstUnusable ? [] : ["The plan's time is after the year 9999."]
}

/** Returns why a height cannot be compared with the height of a chain. */
export function heightProblems(height: number): readonly string[] {
  if (!Number.isFinite(height)) return unreadHeights.slice(1)
  if (!Number.isInteger(height)) return [`The plan's height ${height} is not a whole number.`]
  if (height <= 0) return [`The plan's height ${height} is not above 0.`]
  if (height <= Number.MAX_SAFE_INTEGER) return []
  return [`The plan's height is above ${Number.MAX_SAFE_INTEGER}, the largest exact one.`]
}

function portableProblems(name: string, profile: CheckPlanOptions['profile']): readonly string[] {
  if (profile !== 'portable' || nameProblems(name).length > 0 || /^[a-z0-9][a-z0-9._-]*$/.test(name)) return []
  return [
    `The profile portable cannot carry the name "${name}": it takes a-z, 0-9, ".", "_" and "-", a letter or digit first.`,
  ]
}

function nameWarnings(name: string, profile: CheckPlanOptions['profile']): readonly string[] {
  if (nameProblems(name).length > 0) return []
  const warnings: string[] = []
  if (/^[.-]/.test(name)) {
    warnings.push(
      `The plan's name "${name}" begins with "${name.charAt(0)}", which shells and scripts treat specially.`,
    )
  } else if (!/^[\w.+-]+$/.test(name)) {
    warnings.push(`The plan's name "${name}" holds spaces or special characters: scripts may trip over the directory.`)
  }
  const directory = profile === 'cosmovisor' ? upgradeDirectory(name, 'cosmovisor') : name
  if (directory !== name)
    warnings.push(`cosmovisor looks for this upgrade in the directory "${directory}", not "${name}".`)
  return warnings
}

function limitFindings(sentences: readonly string[]): readonly string[] {
  const more = sentences.length - maxShown
  if (more <= 0) return sentences
  const rest = more === 1 ? 'There is one more finding of this kind.' : `There are ${more} more findings of this kind.`
  return [...sentences.slice(0, maxShown), rest]
}
