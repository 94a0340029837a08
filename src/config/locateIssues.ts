import { type Document, isMap, isScalar, isSeq, type LineCounter } from 'yaml'
import type { ConfigIssue } from '../domain/errors.js'
import { formatPath } from './formatPath.js'

/** Adds file and line to an issue. */
export type LocateIssue = (issue: ConfigIssue) => ConfigIssue

/** Knows on which line of the file each key and each item stands. What is missing is told by what should hold it. */
export function locateIssues(document: Document, lines: LineCounter, file: string): LocateIssue {
  const known = new Map<string, number>()
  const note = (path: readonly PropertyKey[], node: unknown, at: unknown = node): void => {
    const offset = rangeOf(at)
    if (offset !== undefined) known.set(formatPath(path), lines.linePos(offset).line)
    if (isMap(node)) {
      for (const { key, value } of node.items) if (isScalar(key)) note([...path, String(key.value)], value, key)
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) note([...path, index], item)
    }
  }
  note([], document.contents)
  return (issue) => {
    let place = issue.path
    while (!known.has(place) && place !== '')
      place = place.slice(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('['), 0))
    const line = known.get(place)
    return line === undefined ? issue : { ...issue, at: `${file}:${line}` }
  }
}

function rangeOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined
}
