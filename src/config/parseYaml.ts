import { LineCounter, parseDocument, visit } from 'yaml'
import { ConfigError, type ConfigIssue, reasonOf } from '../domain/errors.js'
import { type LocateIssue, locateIssues } from './locateIssues.js'

export interface ParsedYaml {
  readonly value: unknown
  readonly locate: LocateIssue
}

interface Mistake {
  readonly pos: readonly [number, number]
  readonly message: string
}

/**
 * The plain value of a YAML text. Numbers that JavaScript would spoil (long proposal ids, addresses without
 * quotes) stay the text they are.
 *
 * @throws ConfigError with line and column of every mistake, and no text of the file: it may hold a secret.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const mistakes = [...document.errors, ...document.warnings]
  if (mistakes.length > 0) {
    const bare = mistakes.filter(({ pos: [at] }) => text.startsWith('${', at - 1))
    throw new ConfigError(
      (bare.length > 0 ? bare : mistakes).map((mistake): ConfigIssue => {
        const { line, col } = lines.linePos(mistake.pos[0])
        return {
          path: `${file}:${line}:${col}`,
          message: bare.length > 0 ? withoutQuotes(mistake, text) : `expected YAML: ${withoutSource(mistake.message)}`,
        }
      }),
    )
  }
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
    throw new ConfigError([{ path: file, message: `expected YAML: ${withoutSource(reasonOf(error))}` }])
  }
}

/** Within `{ }` and `[ ]` the brace of a variable ends the text: YAML then finds fault with all that follows. */
function withoutQuotes({ pos: [at] }: Mistake, text: string): string {
  const name = /^\$\{([A-Za-z_]\w{0,60})/.exec(text.slice(at - 1, at + 80))?.[1] ?? '…'
  return `quote it: within { } or [ ] a variable is written in quotes, as "\${${name}}"`
}

/** What follows a colon in yaml's messages is a piece of the file. */
function withoutSource(message: string): string {
  return message.split(': ')[0] ?? ''
}
