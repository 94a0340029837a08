import { cleanLine } from '../text/text.js'

/**
 * What a system reports about a proposal beside its texts, such as the address of a discussion. Sanitised and capped.
 */
export type Metadata = Readonly<Record<string, string>>

const mostEntries = 20
const maxName = 60
const maxValue = 500

/**
 * Returns the entries whose values are strings, numbers or booleans, each as one line, at most 20. Returns `undefined`
 * if there are none.
 */
export function metadataFrom(fields: Readonly<Record<string, unknown>>): Metadata | undefined {
  const entries: [string, string][] = []
  for (const [key, value] of Object.entries(fields)) {
    if (entries.length === mostEntries) break
    const name = cleanLine(key, maxName)
    const text = isPlain(value) ? cleanLine(String(value), maxValue) : ''
    if (name !== '' && name !== '__proto__' && text !== '') entries.push([name, text])
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
