import { createRequire } from 'node:module'
import type * as LiquidModule from 'liquidjs'
import { reasonOf } from '../domain/errors.js'
import { cleanLine } from '../domain/text/text.js'
import { nearest } from './nearest.js'

/** Fills a template with values; throws a sentence where it cannot be, or where it takes too long or too much. */
export type Template = (scope: Readonly<Record<string, unknown>>) => string

const maxLength = 10_000
const maxMs = 50
// Of characters and items that a template makes, and of steps it takes.
const maxMade = 200_000
const maxSteps = 10_000
const maxOutput = 20_000

// They reach for files.
const withoutTags = ['include', 'render', 'layout', 'block']

/**
 * A template in the language of LiquidJS, without files, with limits of time, memory and output.
 *
 * @throws Error where it is none; says what is wrong and in which line of it.
 */
export function parseTemplate(text: string, timezone = 'UTC'): Template {
  const liquid = engineFor(timezone)
  const parsed = liquid.parse(text)
  const render = (scope: Readonly<Record<string, unknown>>): unknown =>
    liquid.renderSync(parsed, { ...scope }, { templateLimit: maxSteps })
  return (scope) => {
    const rendered = inTime(() => render(scope))
    const output = String(rendered)
    if (output.length > maxOutput) throw new Error(`it makes a text of more than ${maxOutput} characters`)
    return output
  }
}

/** On a busy host the first time may be too long for no fault of the template: it is tried once more. */
function inTime<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!/render limit/i.test(reasonOf(error))) throw error
    return work()
  }
}

/** Why a template cannot be used where these names are known; `undefined` where it can. */
export function templateProblem(text: string, names: readonly string[]): string | undefined {
  try {
    const liquid = engineFor('UTC')
    const unknown = liquid.globalVariablesSync(liquid.parse(text)).find((name) => !names.includes(name))
    if (unknown === undefined) return undefined
    const meant = nearest(unknown, names)
    return `${cleanLine(unknown, 60)} is no name here${meant === undefined ? `; known are ${names.join(', ')}` : `; did you mean ${meant}?`}`
  } catch (error) {
    return templateReason(error)
  }
}

/** What went wrong with a template, in a line. */
export function templateReason(error: unknown): string {
  return cleanLine(reasonOf(error).split('\n')[0] ?? '', 300).replace(
    /, line:(\d+), col:(\d+)$/,
    ' (line $1, column $2 of it)',
  )
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

/** Loaded with the first template: who writes none does without its 20 ms and 4 MB. */
function load(): typeof LiquidModule {
  const loaded: unknown = createRequire(import.meta.url)('liquidjs')
  if (!isLiquid(loaded)) throw new Error('liquidjs is not the library that it was')
  return loaded
}

function isLiquid(value: unknown): value is typeof LiquidModule {
  return typeof value === 'object' && value !== null && 'Liquid' in value
}
