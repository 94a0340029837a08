import { cleanLine } from './text.js'

// Invisible characters, and those that control a terminal or reverse the direction of the text.
const unseen = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu

/**
 * Formats the path of a value, such as `chains[0].rpc.urls`. Unusual keys are quoted, with invisible characters as
 * escapes, and long ones cut.
 */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map(formatStep).join('').replace(/^\./, '')
}

function formatStep(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`
  const key = String(step)
  if (/^[\w-]{1,60}$/.test(key)) return `.${key}`
  const quoted = JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key)
  return `[${cleanLine(quoted.replaceAll(unseen, escaped), 800)}]`
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (character === ' ') return character
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}
