import * as z from 'zod'
import { isJsonObject } from '../domain/text/json.js'
import { configSchema } from './schema.js'

type Node = z.core.JSONSchema.BaseSchema

const variable: Node = {
  type: 'string',
  pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}',
  description: 'Text with ${NAME} or ${NAME:-default} from the environment.',
}

const leaves: readonly unknown[] = ['integer', 'number', 'boolean']

/** The JSON Schema of `govstream.yaml` for editors. It describes the file before interpolation. */
export function jsonSchema(): Node {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema: node }) => {
      // `readOnly` is removed because it only reflects our types; the file can be edited.
      delete node.readOnly
      requireUrls(node)
      allowVariable(node)
    },
  })
  const definitions = isJsonObject(schema['definitions']) ? schema['definitions'] : {}
  return { ...schema, title: 'govstream.yaml', definitions: { ...definitions, variable } }
}

/** Requires keys that only code may omit, because a file cannot supply a client. */
function requireUrls(node: Node): void {
  const { rpc, urls, agreement } = node.properties ?? {}
  const owner = rpc !== undefined ? 'rpc' : urls !== undefined && agreement !== undefined ? 'urls' : undefined
  if (owner === undefined) return
  node.required = [...new Set([...(node.required ?? []), owner])].sort()
  const part = owner === 'rpc' ? rpc : urls
  if (typeof part !== 'object') return
  delete part.default
  if (owner === 'urls') part.minItems = 1
}

/** Allows a variable wherever a value of a certain form is expected. */
function allowVariable(node: Node): void {
  const hasForm =
    leaves.includes(node.type) || [node.pattern, node.enum, node.format].some((part) => part !== undefined)
  if (!hasForm) return
  const form = Object.entries(node).filter(([key]) => key !== 'description' && key !== 'default')
  for (const [key] of form) Reflect.deleteProperty(node, key)
  node.anyOf = [Object.fromEntries(form), { $ref: '#/definitions/variable' }]
}
