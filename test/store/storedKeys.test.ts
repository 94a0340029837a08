import Database from 'libsql'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { state, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'

const health =
  '"health":{"chain":"local","state":"up","since":0,"consecutiveFailures":0,"errorRate":0,"backlog":{"$n":"0"}}'
const chainRow =
  '{"chain":"local","synced":true,"head":{"number":{"$n":"10"},"hash":"0xa","parentHash":"0x9","timestamp":{"$n":"20"}},' +
  '"watched":{"head":{"$n":"90"},"time":9000},"readTo":{"$n":"88"},' +
  `"file":{"key":"local/0xc0ffee/1","name":"v1","height":1000,"round":2},"blockTime":{"samples":[]},${health}}`
const upgradeRow =
  '{"key":"local/0xc0ffee/1","chain":"local","contract":"0xc0ffee","proposalId":"1","name":"v1","height":1000,' +
  '"origin":"call","status":"scheduled","reasons":[],"round":2,"reminded":[]}'
const announcedRow = '{"subject":"local/0xc0ffee/1","ids":["a","b"]}'

const { key } = upgrade('1')
const expected = state({
  caughtUpAt: { head: 90n, time: 9_000 },
  proposalsReadTo: 88n,
  file: { key, name: 'v1', height: 1_000, revision: 2 },
  upgrades: new Map([[key, upgrade('1', { revision: 2 })]]),
  announcedIds: new Map([[key, new Set(['a', 'b'])]]),
})

describe('a state file', () => {
  let path = ''
  let raw = new Database(':memory:')

  beforeEach(() => {
    const directory = temporaryDirectory()
    onTestFinished(() => directory[Symbol.dispose]())
    path = join(directory.path, 'a.db')
    openStore({ path }).close()
    raw = new Database(path)
  })

  const rows = (): string =>
    JSON.stringify(['chains', 'upgrades', 'told'].map((table) => raw.prepare(`SELECT json FROM ${table}`).all()))

  it.each(['load', 'resume'] as const)('with the former names of its keys is read: %s', (how) => {
    raw.prepare('INSERT INTO chains (chain, revision, json) VALUES (?, 1, ?)').run('local', chainRow)
    raw
      .prepare('INSERT INTO upgrades (chain, key, status, json) VALUES (?, ?, ?, ?)')
      .run('local', key, 'scheduled', upgradeRow)
    raw.prepare('INSERT INTO told (chain, subject, json) VALUES (?, ?, ?)').run('local', key, announcedRow)

    expect(openStore({ path })[how]('local')).toStrictEqual(expected)
  })

  it('is written with those names, so that an older version can read it', () => {
    openStore({ path }).commit(turn({ state: expected }), () => [])

    const text = rows()
    for (const kept of ['watched', 'readTo', 'round', 'subject']) expect(text).toContain(`\\"${kept}\\":`)
    for (const name of ['caughtUpAt', 'proposalsReadTo', 'revision', 'announcedIds'])
      expect(text).not.toContain(`\\"${name}\\":`)
  })
})
