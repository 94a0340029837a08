import type { Json } from '../../domain/text/json.js'
import { boundedJson, parsedJson } from '../../domain/text/boundedJson.js'

/** Characters of JSON. A place where something was posted needs a hundred. */
const mostKept = 4_096

/** What an answer of a handler asks to be remembered: nothing where it is no JSON, or too long. */
export function toRemember(answer: unknown): Json | undefined {
  if (answer === undefined || answer === null) return undefined
  const text = textOf(answer)
  return text === undefined || text.length > mostKept ? undefined : boundedJson(parsedJson(text))
}

function textOf(answer: unknown): string | undefined {
  try {
    return JSON.stringify(answer)
  } catch {
    // A circle, or a bigint: no channel means that.
    return undefined
  }
}
