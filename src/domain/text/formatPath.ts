import { cleanLine } from './text.js'

/** The way to a value, such as `chains[0].rpc.urls`. Odd keys are quoted, and cut where they are long. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map(formatStep).join('').replace(/^\./, '')
}

function formatStep(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`
  const key = String(step)
  if (/^[\w-]{1,60}$/.test(key)) return `.${key}`
  const quoted = JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key)
  // What JSON leaves as it is may still command a terminal or turn the text around.
  return `[${cleanLine(quoted, 500)}]`
}
