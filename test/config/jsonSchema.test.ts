import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { jsonSchema } from '../../src/config/jsonSchema.js'
import { isJsonObject } from '../../src/domain/text/json.js'
import { minimal } from '../support/configs.js'

const committed: unknown = JSON.parse(readFileSync(new URL('../../govstream.schema.json', import.meta.url), 'utf8'))
const validator = z.fromJSONSchema(z.record(z.string(), z.unknown()).parse(committed))
const accepts = (input: unknown): boolean => validator.safeParse(input).success

describe('govstream.schema.json', () => {
  it('is the output of "npm run schema"', () => {
    expect(committed).toStrictEqual(JSON.parse(JSON.stringify(jsonSchema())))
  })

  it('accepts the example of the design, including variables', () => {
    expect(accepts(parse(readFileSync(new URL('./example.yaml', import.meta.url), 'utf8')))).toBe(true)
  })

  it('accepts a variable for any value', () => {
    expect(
      accepts(minimal({ monitor: { enabled: '${ON}', pollInterval: '${POLL:-30s}', finality: '${FINALITY}' } })),
    ).toBe(true)
  })

  it.each<[string, object]>([
    ['an unknown key', { monitor: { pollIntervall: '30s' } }],
    ['a number for a duration', { monitor: { pollInterval: 30 } }],
    ['a word that is not one of the choices', { scheduler: { scheduleOn: 'voted' } }],
    ['text for a number', { scheduler: { leadBlocks: 'few' } }],
    [
      'an address for a system without contracts',
      { governance: { system: 'cosmos', rest: ['http://a'], address: `0x${'1'.repeat(40)}` } },
    ],
    ['an address that is too short', { governance: { system: 'governor', address: '0x12' } }],
  ])('rejects %s', (_, chain) => {
    expect(accepts(minimal(chain))).toBe(false)
  })

  it('describes every key', () => {
    const silent = [...keysOf(committed, '')].filter(
      ([, node]) => !isJsonObject(node) || typeof node['description'] !== 'string',
    )

    expect(silent.map(([path]) => path)).toStrictEqual([])
    expect([...keysOf(committed, '')].length).toBeGreaterThan(50)
  })
})

/** Every property of the schema, at any depth. */
function* keysOf(node: unknown, path: string): Generator<[string, unknown]> {
  if (Array.isArray(node)) for (const part of node) yield* keysOf(part, path)
  if (!isJsonObject(node)) return
  for (const [word, part] of Object.entries(node)) {
    if (word !== 'properties' || !isJsonObject(part)) yield* keysOf(part, path)
    else {
      for (const [key, child] of Object.entries(part)) {
        yield [`${path}.${key}`, child]
        yield* keysOf(child, `${path}.${key}`)
      }
    }
  }
}
