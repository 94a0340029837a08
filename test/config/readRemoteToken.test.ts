import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readRemoteToken } from '../../src/config/readRemoteToken.js'
import { temporaryDirectory } from '../support/storeGiven.js'

describe('the token for a remote govstream', () => {
  it('is the variable, or else that of the named configuration', () => {
    using directory = temporaryDirectory()
    const file = `${directory.path}/govstream.yaml`
    writeFileSync(file, 'http: { tokens: { read: "${R}", write: w } }')
    expect(readRemoteToken(file, { GOVSTREAM_TOKEN: 'mine', R: 'theirs' })).toBe('mine')
    expect(readRemoteToken(file, { R: 'theirs' })).toBe('theirs')
    expect(readRemoteToken(undefined, { R: 'theirs' })).toBeUndefined()
    writeFileSync(file, 'chains: []')
    expect(readRemoteToken(file, {})).toBeUndefined()
  })

  it('is rejected if it cannot be in a header, and not shown', () => {
    using directory = temporaryDirectory()
    const file = `${directory.path}/govstream.yaml`
    writeFileSync(file, 'http: { tokens: { read: "${R}" } }')
    expect(() => readRemoteToken(undefined, { GOVSTREAM_TOKEN: 'sec ret' })).toThrow(
      /^GOVSTREAM_TOKEN: expected a token/,
    )
    expect(() => readRemoteToken(file, { R: 'sec\nret' })).toThrow(/http\.tokens\.read: expected a token/)
    expect(() => readRemoteToken(file, {})).toThrow(/http\.tokens\.read: .*R/)
  })
})
