import { isNamedInFile } from '../../domain/plans/isNamedInFile.js'
import { cleanLine } from '../../domain/text/text.js'
import type { ParsedFile, WrittenPlan } from './parseUpgradeInfo.js'
import { isUnreadable } from './presentForm.js'
import type { UpgradeInfoProfile } from './UpgradeInfoProfile.js'

export type Verdict =
  | { readonly verdict: 'same' }
  | { readonly verdict: 'replace' }
  /** `problem` ends the sentence "the file …". */
  | { readonly verdict: 'refuse'; readonly problem: string }

/**
 * Decides whether the plan may replace what the file holds, at the block `head`.
 *
 * - The same name and height is the same plan, whatever else the file holds, as long as its reader can read it. For
 *   cosmovisor, the lower-case name is the same name.
 * - A file that is not a plan is never replaced; an empty file always is.
 * - Two plans at the same height never replace each other.
 * - A plan with another name may be replaced once the head is above its height. At the height itself its switch is
 *   under way.
 * - The same name at another height is the same upgrade, rescheduled.
 * - A plan above ours whose height the chain has passed is never replaced.
 */
export function decideReplacement(
  present: ParsedFile,
  ours: WrittenPlan,
  head: bigint,
  profile?: UpgradeInfoProfile,
): Verdict {
  if (present.kind === 'empty') return { verdict: 'replace' }
  if (present.kind === 'foreign') return refuse(present.problem)
  const { name, height } = present.plan
  const isOurs = isNamedInFile(name, ours.name, profile)
  const theirs = `holds the plan "${cleanLine(name, 80)}" for height ${height}`
  if (height === ours.height) {
    if (!isOurs) return refuse(`${theirs}, the same height`)
    return { verdict: isUnreadable(present.rest, profile) ? 'replace' : 'same' }
  }
  if (BigInt(height) < head) {
    return height < ours.height ? { verdict: 'replace' } : refuse(`${theirs}, a later one that the chain has passed`)
  }
  return isOurs ? { verdict: 'replace' } : refuse(`${theirs}, which the chain has not passed yet`)
}

function refuse(problem: string): Verdict {
  return { verdict: 'refuse', problem }
}
