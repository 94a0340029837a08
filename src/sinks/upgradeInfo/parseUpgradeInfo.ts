import { parsedJson } from '../../domain/text/boundedJson.js'
import { isJsonObject } from '../../domain/text/json.js'

/** A file beyond this is nobody's plan. */
export const maxUpgradeInfoBytes = 1_048_576

/** The part of a plan every process manager agrees on. */
export interface WrittenPlan {
  readonly name: string
  readonly height: number
}

export type ParsedFile =
  | { readonly kind: 'empty' }
  | { readonly kind: 'plan'; readonly plan: WrittenPlan }
  /** `problem` ends the sentence "the file …". `cutOff`: it may be half of something. */
  | { readonly kind: 'foreign'; readonly problem: string; readonly cutOff?: true }

/** What the text of an upgrade-info.json says. Keys other than name and height are nobody's business here. */
export function parseUpgradeInfo(text: string): ParsedFile {
  if (text.trim() === '') return { kind: 'empty' }
  const value = parsedJson(text)
  if (value === undefined) return { kind: 'foreign', problem: 'is not JSON', cutOff: true }
  if (!isJsonObject(value)) return { kind: 'foreign', problem: 'is not a JSON object' }
  const { name, height } = value
  if (typeof name !== 'string' || name === '') return { kind: 'foreign', problem: 'holds no plan name' }
  if (typeof height !== 'number' || !Number.isSafeInteger(height) || height <= 0) {
    return { kind: 'foreign', problem: 'holds no plan height (a positive whole number)' }
  }
  return { kind: 'plan', plan: { name, height } }
}
