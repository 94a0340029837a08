import { LineCounter, parseDocument, visit } from 'yaml'
import { ConfigError, reasonOf } from '../domain/errors.js'

/**
 * The plain value of a YAML text. Numbers that JavaScript would spoil (long proposal ids, addresses without
 * quotes) stay the text they are.
 *
 * @throws ConfigError with line and column of every mistake, and no text of the file: it may hold a secret.
 */
export function parseYaml(text: string, file: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const mistakes = [...document.errors, ...document.warnings]
  if (mistakes.length > 0) {
    throw new ConfigError(mistakes.map(({ pos, message }) => {
      const { line, col } = lines.linePos(pos[0])
      return { path: `${file}:${line}:${col}`, message: `expected YAML: ${withoutSource(message)}` }
    }))
  }
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== 'number' || node.source === undefined) return
      if (/^0[xo]/.test(node.source) || (Number.isInteger(node.value) && !Number.isSafeInteger(node.value))) node.value = node.source
    },
  })
  try {
    return document.toJS()
  } catch (error) {
    throw new ConfigError([{ path: file, message: `expected YAML: ${withoutSource(reasonOf(error))}` }])
  }
}

/** What follows a colon in yaml's messages is a piece of the file. */
function withoutSource(message: string): string {
  return message.split(': ')[0] ?? ''
}
