import { extractPlan } from '../../../src/domain/plans/extractPlan.js'

/** The plan of a proposal with this text. */
export const from = (description: string, memo?: string) =>
  extractPlan({ description, actions: [], ...(memo !== undefined && { memo }) })
/** A fenced block that holds a plan. */
export const block = (json: unknown, fence = '```') =>
  `${fence}upgrade-plan\n${typeof json === 'string' ? json : JSON.stringify(json)}\n${fence}`
/** A call that schedules a plan. */
export const call = (name: string, height: bigint, info = '') => ({ schedules: { name, height, info } })
export const v2 = { name: 'v2', height: 123 }
