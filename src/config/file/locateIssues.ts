import { type Document, isMap, isScalar, isSeq, type LineCounter } from 'yaml'
import type { ConfigIssue } from '../../domain/errors.js'
import { formatPath } from '../../domain/text/formatPath.js'

/** Adds file and line to an issue. If the value is a word that YAML reads as null, adds that too. */
export type LocateIssue = (issue: ConfigIssue) => ConfigIssue

/** Finds the line of each key and item in the file. An issue about a missing key gets the line of its parent. */
export function locateIssues(document: Document, lines: LineCounter, file: string): LocateIssue {
  const known = new Map<string, number>()
  const nothings = new Map<string, string>()
  const note = (path: readonly PropertyKey[], node: unknown, at: unknown = node): void => {
    const offset = rangeOf(at)
    if (offset !== undefined) known.set(formatPath(path), lines.linePos(offset).line)
    if (isMap(node)) {
      for (const { key, value } of node.items) if (isScalar(key)) note([...path, String(key.value)], value, key)
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) note([...path, index], item)
    } else if (isScalar(node) && node.value === null && node.source) nothings.set(formatPath(path), node.source)
  }
  note([], document.contents)
  return ({ path, message }) => {
    let place = path
    while (!known.has(place) && place !== '')
      place = place.slice(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('['), 0))
    const line = known.get(place)
    const said = `${message}${nothingText(nothings.get(path))}`
    return line === undefined ? { path, message: said } : { path, message: said, at: `${file}:${line}` }
  }
}

/** `~` and `null` look like texts but are null in YAML. */
function nothingText(source: string | undefined): string {
  if (source === undefined) return ''
  return source === '~'
    ? ': a ~ alone is null in YAML, which is nothing; for your home directory write "${HOME}"'
    : `: ${source} alone is nothing in YAML; for the word itself write "${source}", in quotes`
}

function rangeOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined
}
