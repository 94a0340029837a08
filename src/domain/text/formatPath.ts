import { cleanLine } from './text.js'

/** Formats the path of a value, such as `chains[0].rpc.urls`. Unusual keys are quoted, and long ones cut. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map(formatStep).join('').replace(/^\./, '')
}

function formatStep(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`
  const key = String(step)
  if (/^[\w-]{1,60}$/.test(key)) return `.${key}`
  const quoted = JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key)
  // JSON leaves characters unescaped that can control a terminal or reverse the direction of the text.
  return `[${cleanLine(quoted, 500)}]`
}
