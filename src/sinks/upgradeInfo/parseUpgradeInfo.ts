import { parsedJson } from '../../domain/text/boundedJson.js'
import { isJsonObject, type JsonObject } from '../../domain/text/json.js'

/** Maximum size of the file in bytes; no plan is larger. */
export const maxUpgradeInfoBytes = 1_048_576

/** The part of a plan that all process managers share. */
export interface WrittenPlan {
  readonly name: string
  readonly height: number
}

export type ParsedFile =
  | { readonly kind: 'empty' }
  /** `rest` holds all other keys, in lower case. */
  | { readonly kind: 'plan'; readonly plan: WrittenPlan; readonly rest: JsonObject }
  /** `problem` ends the sentence "the file …". `cutOff` is true if the file may be incomplete. */
  | { readonly kind: 'foreign'; readonly problem: string; readonly cutOff?: true }

/** Parses the text of an upgrade-info.json as a process manager would. */
export function parseUpgradeInfo(text: string): ParsedFile {
  if (text.startsWith(byteOrderMark))
    return { kind: 'foreign', problem: 'begins with a byte order mark, so a process manager cannot read it as JSON' }
  if (wideText.test(text))
    return { kind: 'foreign', problem: 'is text in UTF-16, which a process manager cannot read as JSON' }
  if (text.trim() === '') return { kind: 'empty' }
  const value = parsedJson(text)
  if (value === undefined) return { kind: 'foreign', problem: 'is not JSON', cutOff: true }
  if (!isJsonObject(value)) return { kind: 'foreign', problem: 'is not a JSON object' }
  const { name, height, ...others } = value
  // Go matches keys without regard to case and uses the last of several, so a process manager may read another plan, or
  // a form of `info` that it rejects.
  const twin = Object.keys(others).find((key) => ['name', 'height'].includes(key.toLowerCase()))
  if (twin !== undefined)
    return {
      kind: 'foreign',
      problem: `has the key "${twin}", which a process manager takes for "${twin.toLowerCase()}"`,
    }
  if (typeof name !== 'string' || name === '') return { kind: 'foreign', problem: 'holds no plan name' }
  if (typeof height !== 'number' || !Number.isSafeInteger(height) || height <= 0) {
    return { kind: 'foreign', problem: 'holds no plan height (a positive whole number)' }
  }
  const rest = Object.fromEntries(Object.entries(others).map(([key, other]) => [key.toLowerCase(), other]))
  return { kind: 'plan', plan: { name, height }, rest }
}

// The byte order mark that editors on Windows write; `trim` removes it as white space.
const byteOrderMark = '\uFEFF'
// UTF-16 text, with or without a byte order mark, after it was decoded as UTF-8.
const wideText = /^(?:\uFFFD\uFFFD|\{\0|\0\{)/
