import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import { ConfigError, type ConfigIssue, reasonOf } from '../../domain/errors.js'
import { type LocateIssue, locateIssues } from './locateIssues.js'
import { mistakeText, withoutConsequences } from './yamlMistake.js'

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
  try {
    const value: unknown = document.toJS()
    return { value, locate: locateIssues(document, lines, file) }
  } catch (error) {
    throw new ConfigError([{ path: file, message: mistakeText({ code: '', message: reasonOf(error) }) }])
  }
}

/**
 * Finds YAML that is well formed but not usable in a configuration. The yaml library reports these without a position
 * or only as a warning.
 */
function unusableParts(document: Document): readonly Mistake[] {
  const found: Mistake[] = []
  const note = (node: unknown, message: string): void => {
    const at = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0
    found.push({ pos: [at, at], message: `expected YAML: ${message}` })
  }
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return
      note(node, 'there is no &name above for this *name; write one, or the text in quotes')
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
