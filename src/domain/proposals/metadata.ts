import { cleanLine } from '../text/text.js'

/** What a system tells of a proposal beside its texts, such as the address of a discussion. Sanitised and capped. */
export type Metadata = Readonly<Record<string, string>>

const mostEntries = 20
const maxName = 60
const maxValue = 500

/** The entries that are one line each: texts, numbers, yes and no. At most 20; `undefined` where there is none. */
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
