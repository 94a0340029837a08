import type { CouncilData } from './events/proposalData.js'
import type { CouncilStanding } from '../proposals/attendance.js'

/** Returns the state of a council's vote as JSON. */
export function councilData({ voted, missing, toPass, toFail }: CouncilStanding): CouncilData {
  return { voted, missing, approvalsToPass: toPass ?? null, rejectionsToEnd: toFail ?? null }
}

/** Returns what a council still needs and which members are missing, one sentence each. */
export function councilLines({ missing, approvalsToPass, rejectionsToEnd }: CouncilData): readonly string[] {
  const needs = [
    approvalsToPass === null || approvalsToPass === 0
      ? ''
      : `${approvalsToPass} more ${approvalsToPass === 1 ? 'approval passes' : 'approvals pass'} it`,
    rejectionsToEnd === null || rejectionsToEnd === 0
      ? ''
      : `${rejectionsToEnd} more ${rejectionsToEnd === 1 ? 'rejection kills' : 'rejections kill'} it`,
  ].filter(Boolean)
  return [
    ...(needs.length === 0 ? [] : [`${needs.join(', ')}.`]),
    ...(missing.length === 0 ? [] : [`Not voted yet: ${firstNames(missing)}.`]),
  ]
}

const mostNames = 12

/** Lists the first names, and the number of further ones. */
export function firstNames(names: readonly string[]): string {
  const more = names.length - mostNames
  return more <= 0 ? names.join(', ') : `${names.slice(0, mostNames).join(', ')} and ${more} more`
}
