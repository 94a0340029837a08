import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import { ConfigError, type ConfigIssue, reasonOf } from '../../domain/errors.js'
import { type LocateIssue, locateIssues } from './locateIssues.js'
import { mistakeText, mostNested, tooDeep, withoutConsequences } from './yamlMistake.js'

export interface ParsedYaml {
  readonly value: unknown
  readonly locate: LocateIssue
}

interface Mistake {
  readonly pos: readonly [number, number]
  readonly message: string
}

/**
 * Parses a YAML text to a plain value. Numbers that JavaScript cannot hold exactly (long proposal ids, unquoted
 * addresses) stay text.
 *
 * @throws ConfigError with line and column of every mistake, but no text of the file, which may be secret.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter()
  const issueAt = (at: number, message: string): ConfigIssue => {
    const { line, col } = lines.linePos(at)
    return { path: `${file}:${line}:${col}`, message }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const mistakes = [...document.errors, ...document.warnings]
  if (mistakes.length > 0) {
    const bare = mistakes.filter(({ pos: [at] }) => text.startsWith('${', at - 1))
    throw new ConfigError(
      bare.length > 0
        ? bare.map((mistake) => issueAt(mistake.pos[0], withoutQuotes(mistake, text)))
        : withoutConsequences(mistakes).map((mistake) => issueAt(mistake.pos[0], mistakeText(mistake))),
    )
  }
  const misfits = unusableParts(document)
  if (misfits.length > 0) throw new ConfigError(misfits.map(({ pos: [at], message }) => issueAt(at, message)))
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== 'number' || node.source === undefined) return
      if (/^0[xo]/.test(node.source) || (Number.isInteger(node.value) && !Number.isSafeInteger(node.value)))
        node.value = node.source
    },
  })
  const value = plainValue(document, file)
  if (isNestedTooDeeply(value)) throw new ConfigError([{ path: file, message: `expected YAML: ${tooDeep}` }])
  return { value, locate: locateIssues(document, lines, file) }
}

function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw new ConfigError([{ path: file, message: mistakeText({ code: '', message: reasonOf(error) }) }])
  }
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Goes level by level, because the depth of a chain of aliases is limited only by the size of the file. */
function isNestedTooDeeply(value: unknown): boolean {
  let level = new Set(isCollection(value) ? [value] : [])
  for (let depth = 0; depth < mostNested; depth += 1) {
    level = new Set([...level].flatMap((one): object[] => Object.values(one).filter(isCollection)))
    if (level.size === 0) return false
  }
  return true
}

// The yaml library goes through the document once for each alias.
const mostAliases = 500

/**
 * Finds YAML that is well formed but not usable in a configuration. The yaml library reports these without a position
 * or only as a warning.
 */
function unusableParts(document: Document): readonly Mistake[] {
  const found: Mistake[] = []
  let aliases = 0
  const note = (node: unknown, message: string): void => {
    const at = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0
    found.push({ pos: [at, at], message: `expected YAML: ${message}` })
  }
  visit(document, {
    Alias(_key, node, ancestors) {
      aliases += 1
      if (aliases > mostAliases) {
        note(node, `there are more than ${mostAliases} aliases (*name); write out what they stand for`)
        return visit.BREAK
      }
      const target = node.resolve(document)
      if (target === undefined) note(node, 'there is no &name above for this *name; write one, or the text in quotes')
      else if (ancestors.includes(target))
        note(node, 'this *name is within the value of its own &name; write out what it stands for')
      return undefined
    },
    Pair(_key, { key, value }) {
      if (!isScalar(key)) {
        note(key, 'a list or a mapping cannot be a key; write the text in quotes')
        return
      }
      if (key.source !== '<<' || key.type !== 'PLAIN') return
      const merged = isSeq(value) ? value.items : [value]
      const sources = merged.map((one) => (isAlias(one) ? one.resolve(document) : one))
      if (sources.some((source) => source !== undefined && !isMap(source)))
        note(key, '<< takes in a mapping; name one, as in <<: *name')
    },
  })
  return found
}

/**
 * Inside `{ }` and `[ ]` the closing brace of a variable ends the text, which makes YAML report everything after it.
 */
function withoutQuotes({ pos: [at] }: Mistake, text: string): string {
  const name = /^\$\{([A-Za-z_]\w{0,60})/.exec(text.slice(at - 1, at + 80))?.[1] ?? '…'
  return `quote it: within { } or [ ] a variable is written in quotes, as "\${${name}}"`
}
