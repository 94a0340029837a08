import * as z from 'zod'
import { configSchema } from '../schema.js'

/**
 * Returns where in the file keys of that name are valid, such as `chains[].monitor`; undefined if nowhere or in more
 * than two places.
 */
export function locateKey(key: string): string | undefined {
  const found = [...(places.get(key) ?? [])]
  return found.length === 0 || found.length > 2 ? undefined : found.join(' or ')
}

type Places = Map<string, Set<string>>

const places = collect(configSchema)

function collect(schema: unknown, path = '', found: Places = new Map()): Places {
  if (schema instanceof z.ZodObject) {
    for (const [key, inner] of Object.entries(schema.shape)) {
      found.set(key, (found.get(key) ?? new Set()).add(path === '' ? 'the top of the file' : path))
      collect(inner, path === '' ? key : `${path}.${key}`, found)
    }
  } else if (schema instanceof z.ZodArray) collect(schema.element, `${path}[]`, found)
  else if (schema instanceof z.ZodUnion) for (const option of schema.options) collect(option, path, found)
  else if (schema instanceof z.ZodPipe) collect(schema.in, path, found)
  else if (
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodExactOptional
  )
    collect(schema.unwrap(), path, found)
  return found
}
