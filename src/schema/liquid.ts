import { createRequire } from 'node:module'
import type * as LiquidModule from 'liquidjs'
import { reasonOf } from '../domain/errors.js'
import { countText } from '../domain/notifications/phrases.js'
import { cleanLine } from '../domain/text/text.js'
import { nearest } from './nearest.js'

/** Fills a template with values. Throws an error with a sentence if that fails or exceeds a limit. */
export type Template = (scope: Readonly<Record<string, unknown>>) => string

const maxLength = 10_000
const maxMs = 50
// Maximum number of characters and items a template may create.
const maxMade = 200_000
const maxOutput = 20_000

// These tags would read files.
const withoutTags = ['include', 'render', 'layout', 'block']

/**
 * Parses a LiquidJS template, without file access and with limits on time, memory and output.
 *
 * @throws Error if the template is invalid; the message names the problem and its line.
 */
export function parseTemplate(text: string, timezone = 'UTC'): Template {
  const liquid = engineFor(timezone)
  const parsed = liquid.parse(text)
  return (scope) => {
    const rendered = inTime((): unknown => liquid.renderSync(parsed, { ...scope }))
    const output = String(rendered)
    if (output.length > maxOutput)
      throw new Error(`it makes a text of more than ${countText(BigInt(maxOutput))} characters`)
    return output
  }
}

/** Tries once more if the time limit is exceeded, because the first run may be slow on a busy host. */
function inTime<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!/render limit/i.test(reasonOf(error))) throw error
    return work()
  }
}

/** Returns why a template cannot be used with these names, or undefined if it can. */
export function templateProblem(text: string, names: readonly string[]): string | undefined {
  try {
    const liquid = engineFor('UTC')
    const unknown = liquid.globalVariablesSync(liquid.parse(text)).find((name) => !names.includes(name))
    if (unknown === undefined) return undefined
    const meant = nearest(unknown, names)
    return `${cleanLine(unknown, 60)} is not a known name${meant === undefined ? `; known are ${names.join(', ')}` : `; did you mean ${meant}?`}`
  } catch (error) {
    return templateReason(error)
  }
}

/** The limits of the library, which it names by what it measures. */
const limits: readonly (readonly [string, string])[] = [
  ['memory alloc limit exceeded', 'it makes more text and loop items than a template may'],
  ['template render limit exceeded', `it takes longer than ${maxMs} ms`],
  ['parse length limit exceeded', `it is longer than ${countText(BigInt(maxLength))} characters`],
]

/** Describes a template error in one line. */
export function templateReason(error: unknown): string {
  const reason = cleanLine(reasonOf(error).split('\n')[0] ?? '', 300)
  const plain = limits.reduce((text, [limit, words]) => text.replace(limit, words), reason)
  return plain.replace(/, line:(\d+), col:(\d+)$/, ' (line $1, column $2 of the template)')
}

const engines = new Map<string, LiquidModule.Liquid>()

function engineFor(timezone: string): LiquidModule.Liquid {
  const known = engines.get(timezone)
  if (known !== undefined) return known
  const { Liquid } = load()
  const engine = new Liquid({
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    ownPropertyOnly: true,
    parseLimit: maxLength,
    renderLimit: maxMs,
    memoryLimit: maxMade,
    templates: {},
    timezoneOffset: timezone,
    locale: 'en-GB',
  })
  for (const tag of withoutTags) Reflect.deleteProperty(engine.tags, tag)
  engines.set(timezone, engine)
  return engine
}

/** Loads the library with the first template, so that configurations without templates save its 20 ms and 4 MB. */
function load(): typeof LiquidModule {
  const loaded: unknown = createRequire(import.meta.url)('liquidjs')
  if (!isLiquid(loaded)) throw new Error('liquidjs is not the library that it was')
  return loaded
}

function isLiquid(value: unknown): value is typeof LiquidModule {
  return typeof value === 'object' && value !== null && 'Liquid' in value
}
