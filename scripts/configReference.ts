import * as z from 'zod'
import { eventCatalogue } from '../src/domain/notifications/events/eventCatalogue.js'
import { jsonSchema } from '../src/config/jsonSchema.js'

const nodeSchema = z.object({
  description: z.string().default(''),
  default: z.json().optional(),
  type: z.string().optional(),
  const: z.union([z.string(), z.number()]).optional(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).default([]),
  $ref: z.string().optional(),
  get items() {
    return nodeSchema.optional()
  },
  get properties() {
    return z.record(z.string(), nodeSchema).optional()
  },
  get anyOf() {
    return z.array(nodeSchema).optional()
  },
  get oneOf() {
    return z.array(nodeSchema).optional()
  },
})
type Node = z.infer<typeof nodeSchema>

interface Section {
  readonly title: string
  /** Told before the table. */
  readonly text?: string
  readonly node: Node
}

/** The tables of docs/configuration.md, one a mapping, as the schema of the configuration has them. */
function configReference(): string {
  // What several systems share is told once.
  return [...new Set(sectionsOf({ title: 'The file', node: nodeSchema.parse(jsonSchema()) }, '').map(tableOf))].join(
    '\n\n',
  )
}

/** The table of events, as they are declared. */
function eventReference(): string {
  const rows = Object.entries(eventCatalogue).map(
    ([event, { priority, when }]) => `| \`${event}\` | ${priority} | ${when} |`,
  )
  return ['| Event | Priority | When |', '|---|---|---|', ...rows].join('\n')
}

/** The page with the tables as they are now, each kind between its two marks. */
export function withConfigReference(page: string): string {
  return withTables(withTables(page, 'tables', configReference()), 'events', eventReference())
}

function withTables(page: string, name: string, tables: string): string {
  const marks = new RegExp(`(<!-- ${name} begin -->\\n).*(<!-- ${name} end -->)`, 's')
  if (!marks.test(page)) throw new Error(`docs/configuration.md has lost its marks "${name} begin" and "${name} end".`)
  return page.replace(marks, (_, begin: string, end: string) => `${begin}\n${tables}\n\n${end}`)
}

function sectionsOf(section: Section, path: string): readonly Section[] {
  const below = Object.entries(section.node.properties ?? {}).flatMap(([key, node]) =>
    mappingsIn(node, path === '' ? key : `${path}.${key}`),
  )
  return [section, ...below]
}

/** @param text - What is told of a mapping that is one of several kinds; any other is told of in the row of its key. */
function mappingsIn(node: Node, path: string, text = ''): readonly Section[] {
  if (node.items !== undefined) return mappingsIn(node.items, `${path}[]`)
  if (node.oneOf !== undefined) return node.oneOf.flatMap((one) => mappingsIn(one, path, one.description))
  if (node.properties === undefined) return []
  const kind = ['type', 'system']
    .map((key) => [key, node.properties?.[key]?.const] as const)
    .find(([, word]) => word !== undefined)
  const title = `\`${path}\`${kind === undefined ? '' : ` of ${kind[0]} \`${kind[1]}\``}`
  return sectionsOf({ title, text, node }, path)
}

function tableOf({ title, text = '', node }: Section): string {
  const rows = Object.entries(node.properties ?? {}).map(
    ([key, child]) =>
      `| \`${key}\` | ${valuesOf(child)} | ${defaultOf(child, node.required.includes(key))} | ${child.description.replace(/[|<]/g, '\\$&')} |`,
  )
  return [
    `### ${title}`,
    ...(text === '' ? [] : ['', text]),
    '',
    '| Key | Value | Default | Meaning |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function defaultOf(node: Node, required: boolean): string {
  if (required) return 'required'
  if (node.default === undefined) return 'none'
  return node.properties !== undefined
    ? 'those below'
    : `\`${typeof node.default === 'string' ? node.default : JSON.stringify(node.default)}\``
}

/** What may be written, in words; that a variable may stand there as well goes without saying. */
function valuesOf(node: Node): string {
  const forms = node.anyOf?.filter(({ $ref }) => $ref === undefined)
  if (forms !== undefined) return [...new Set(forms.map(valuesOf))].join(' or ')
  if (node.oneOf !== undefined) return 'mapping'
  if (node.const !== undefined) return `\`${node.const}\``
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(', ')
  if (node.pattern !== undefined) return patterns.find(([part]) => node.pattern?.includes(part))?.[1] ?? 'text'
  if (node.format === 'uri') return 'URL'
  if (node.maxItems === 0) return 'empty list'
  if (node.items !== undefined) return `list of ${plural(valuesOf(node.items))}`
  if (node.type === 'integer') return `whole number from ${node.minimum ?? 0}`
  if (node.type === 'boolean') return '`true`, `false`'
  return node.type === 'object' ? 'mapping' : 'text'
}

function plural(values: string): string {
  if (values.startsWith('`')) return 'events'
  return { text: 'texts', mapping: 'mappings', URL: 'URLs', 'address in quotes': 'addresses' }[values] ?? values
}

const patterns: readonly (readonly [string, string])[] = [
  ['unlimited', 'rate such as `30/1m`, or `unlimited`'],
  ['blocks?', 'durations or counts such as `100 blocks`'],
  ['(ms|s|m|h|d)', 'duration'],
  ['0x', 'address in quotes'],
]
