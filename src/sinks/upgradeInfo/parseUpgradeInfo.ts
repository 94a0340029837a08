import { parsedJson } from '../../domain/text/boundedJson.js'
import { isJsonObject, type JsonObject } from '../../domain/text/json.js'

/** A file beyond this is nobody's plan. */
export const maxUpgradeInfoBytes = 1_048_576

/** The part of a plan every process manager agrees on. */
export interface WrittenPlan {
  readonly name: string
  readonly height: number
}

export type ParsedFile =
  | { readonly kind: 'empty' }
  /** `rest`: what else it says. */
  | { readonly kind: 'plan'; readonly plan: WrittenPlan; readonly rest: JsonObject }
  /** `problem` ends the sentence "the file …". `cutOff`: it may be half of something. */
  | { readonly kind: 'foreign'; readonly problem: string; readonly cutOff?: true }

/** What the text of an upgrade-info.json says, as a process manager would read it. */
export function parseUpgradeInfo(text: string): ParsedFile {
  if (text.startsWith(byteOrderMark))
    return { kind: 'foreign', problem: 'begins with a byte order mark, which makes it no JSON for a process manager' }
  if (wideText.test(text))
    return { kind: 'foreign', problem: 'is text in UTF-16, which is no JSON for a process manager' }
  if (text.trim() === '') return { kind: 'empty' }
  const value = parsedJson(text)
  if (value === undefined) return { kind: 'foreign', problem: 'is not JSON', cutOff: true }
  if (!isJsonObject(value)) return { kind: 'foreign', problem: 'is not a JSON object' }
  const { name, height, ...rest } = value
  const twin = Object.keys(rest).find((key) => ['name', 'height'].includes(key.toLowerCase()))
  // Go takes the letters of a key as they come, and of several the last: a process manager may read another plan there.
  if (twin !== undefined)
    return {
      kind: 'foreign',
      problem: `has the key "${twin}", which a process manager takes for "${twin.toLowerCase()}"`,
    }
  if (typeof name !== 'string' || name === '') return { kind: 'foreign', problem: 'holds no plan name' }
  if (typeof height !== 'number' || !Number.isSafeInteger(height) || height <= 0) {
    return { kind: 'foreign', problem: 'holds no plan height (a positive whole number)' }
  }
  return { kind: 'plan', plan: { name, height }, rest }
}

// What editors on Windows begin a text with; it is blank for `trim`.
const byteOrderMark = '\uFEFF'
// Two bytes a letter, with or without a mark of their order, as it comes out where UTF-8 was expected.
const wideText = /^(?:\uFFFD\uFFFD|\{\0|\0\{)/
