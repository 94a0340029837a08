import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { votersOf } from '../../src/config/votersOf.js'
import { minimal } from '../support/configs.js'

const here = '0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB'
const other = '0x00000000000000000000000000000000000000B0'
const hub = 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn'
const validator = 'cosmosvaloper10d07y265gmmuvt4z0w9aw880jnsr700jlk8s6q'

describe('the voters of a chain', () => {
  const votersWith = (chain: object): readonly string[] => {
    const { chains, notifier } = parseConfig({
      ...minimal(chain),
      notifier: { voters: [here, hub, here.toLowerCase()] },
    })
    return chains.flatMap((one) => votersOf(one, notifier))
  }

  it('are those of all chains that fit its system, each once, in the case of their checksum', () => {
    expect(votersWith({})).toStrictEqual([here])
    expect(votersWith({ governance: { system: 'cosmos', rest: ['http://a'] } })).toStrictEqual([hub])
  })

  it('include the accounts of validators', () => {
    const hubOf = (list: readonly string[]) =>
      votersWith({ governance: { system: 'cosmos', rest: ['http://a'] }, voters: list })
    expect(hubOf([validator])).toStrictEqual([hub])
    expect(hubOf([hub, validator])).toStrictEqual([hub])
  })

  it('are its own list if it has one, even an empty one', () => {
    expect(votersWith({ voters: [other.toLowerCase()] })).toStrictEqual([other])
    expect(votersWith({ voters: [] })).toStrictEqual([])
  })
})
