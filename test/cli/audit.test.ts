import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { openStore } from '../../src/store/openStore.js'
import { cliHere } from '../support/cliHere.js'
import { onSeededState as it } from '../support/onSeededState.js'
import { seedState } from '../support/seededState.js'
import { announcement, state, temporaryDirectory, turn } from '../support/storeGiven.js'

describe('audit of a receiver that is down', () => {
  it('prints only the latest attempt of each delivery as text, and all as JSON', async () => {
    using place = temporaryDirectory()
    seedState(place.path)
    const store = openStore({ path: join(place.path, 'govstream.db') })
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      for (const id of ['local:source_down:1', 'local:source_recovered:2']) {
        const detail = { handler: 'hook', id, attempt, result: 'postponed', reason: 'HTTP 503' }
        store.record({ at: attempt * 1_000, chain: 'local', kind: 'delivery', detail })
      }
    }
    store.close()

    expect((await cliHere(['audit', '--limit', '3'], place.path)).out.split('\n').slice(0, 3)).toStrictEqual([
      '1970-01-01 00:00:09Z  local  Not delivered yet through hook at try 9: source_recovered; HTTP 503',
      '1970-01-01 00:00:09Z  local  Not delivered yet through hook at try 9: source_down; HTTP 503',
      '1970-01-01 00:00:01Z  local  Notified (critical): Bad news',
    ])
    expect(JSON.parse((await cliHere(['audit', '--limit', '18', '--json'], place.path)).out)).toHaveLength(18)
  })

  it('prints a completed delivery as text, even if the same one was postponed later', async () => {
    using place = temporaryDirectory()
    seedState(place.path)
    const store = openStore({ path: join(place.path, 'govstream.db') })
    for (const [at, result] of [
      [2_000, 'delivered'],
      [3_000, 'postponed'],
    ] as const) {
      const detail = { handler: 'hook', id: 'local:source_down:1', attempt: 1, result }
      store.record({ at, chain: 'local', kind: 'delivery', detail })
    }
    store.close()

    const { out } = await cliHere(['audit', '--limit', '2'], place.path)
    expect(out.split('\n').map((line) => line.slice(0, 20))).toStrictEqual([
      '1970-01-01 00:00:03Z',
      '1970-01-01 00:00:02Z',
      '',
    ])
  })

  it('keeps the unit of a vote', async ({ directory }) => {
    const { out } = await cliHere(['audit', '--json'], directory.path)

    expect(out).toMatch(/"voter": "0xb0b",[^}]*"unit": "AAVE",\s+"decimals": 18/)
  })
})

describe('audit', () => {
  it('prints the newest entries first', async ({ json }) => {
    expect(await json('audit', '--limit', '1')).toMatchObject([{ chain: 'local', kind: 'notification' }])
  })

  it('prints only the chain that is asked for, also as text', async () => {
    using place = temporaryDirectory()
    seedState(place.path)
    const store = openStore({ path: join(place.path, 'govstream.db') })
    store.commit(
      turn({ state: { ...state(), chain: 'other' }, announcements: [announcement('x', { chain: 'other' })] }),
      () => [],
    )
    store.close()

    const { out } = await cliHere(['audit', '--chain', 'other'], place.path)
    expect(out.trimEnd().split('\n')).toStrictEqual([expect.stringMatching(/^1970-01-01 00:00:01Z  other  Notified/)])
  })

  it('prints each entry once as JSON, even beyond a page', async () => {
    using place = temporaryDirectory()
    seedState(place.path)
    const store = openStore({ path: join(place.path, 'govstream.db') })
    for (let attempt = 1; attempt <= 600; attempt += 1)
      store.record({ at: attempt, chain: 'local', kind: 'delivery', detail: { handler: 'hook', id: 'a', attempt } })
    store.close()

    const { out } = await cliHere(['audit', '--limit', '600', '--json'], place.path)
    const attempts = z.array(z.object({ detail: z.object({ attempt: z.number() }) })).parse(JSON.parse(out))
    expect(attempts.map(({ detail: { attempt } }) => attempt)).toStrictEqual(
      Array.from({ length: 600 }, (_, at) => 600 - at),
    )
  })

  it('leaves at least thirty columns for a sentence, however narrow the terminal is', async ({ directory }) => {
    const { out } = await cliHere(['audit', '--limit', '1'], directory.path, 24)

    expect(out.split('\n')[0]).toBe('1970-01-01 00:00:01Z  Notified (critical): Bad news')
  })

  it('prints sentences as text', async ({ text }) => {
    expect(await text('audit')).toMatchInlineSnapshot(`
      "1970-01-01 00:00:01Z  local  Notified (critical): Bad news
      1970-01-01 00:00:01Z  local  Notified (medium): New: a
      1970-01-01 00:00:01Z  local  Upgrade v2 at height 1,000, proposal 7: scheduled
      1970-01-01 00:00:01Z  local  Proposal 7 went from voting to passed in block 10
      1970-01-01 00:00:01Z  local  0xb0b voted no on proposal 7, with 1 AAVE
      1970-01-01 00:00:01Z  local  0xa11ce voted yes on proposal 7, with 3 AAVE
      1970-01-01 00:00:01Z  local  Proposal 7 appeared, voting: Move to v2; asks for v2 at height 1,000 (upgrade)
      "
    `)
  })
})
