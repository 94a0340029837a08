import type { JsonObject } from '../domain/text/json.js'

/** Returns the fenced block that carries a plan in the text of a proposal. */
export function planBlock(plan: {
  readonly name: string
  readonly height: number
  readonly info?: string | JsonObject
}): string {
  return ['```upgrade-plan', JSON.stringify(plan, undefined, 2), '```'].join('\n')
}
