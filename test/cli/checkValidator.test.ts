import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { numberToHex } from 'viem'
import { describe, expect } from 'vitest'
import { configOf } from '../sources/governance/cosmos/monitorGiven.js'
import { onCosmos as it } from '../sources/governance/cosmos/onCosmos.js'
import { onSharedChain } from '../support/fixtures.js'
import { deployGovBase } from '../sources/governance/govBase/govBaseChain.js'
import { cliHere } from '../support/cliHere.js'

const validator = 'DFA9DD9F731B4D94E19285E810D5D425CC6BB1E3'
const other = '1'.repeat(40)

describe('check with monitor.validator', () => {
  it('says whether the validator signs, and warns if its address is not among the validators', async ({
    server,
    place,
  }) => {
    const directory = dirname(place.state)
    const chain = configOf(server)
    const chains = [{ ...chain, monitor: { ...chain.monitor, validator } }]
    writeFileSync(join(directory, 'config.json'), JSON.stringify({ state: place.state, chains }))
    const args = ['check', '--config', 'config.json']
    const outside = `${chain.name}: ${validator} (monitor.validator) is not among the validators of block`

    server.behave({ validators: [other, validator] })
    expect((await cliHere(args, directory)).out).toContain(`  ${validator} (monitor.validator) signs: block `)

    server.behave({ validators: [other] })
    const warned = await cliHere(args, directory)
    expect(warned.code).toBe(0)
    expect(warned.out.replace(/\s+/g, ' ')).toContain(`warning: ${outside}`)
    expect((await cliHere([...args, '--json'], directory)).err.replace(/\s+/g, ' ')).toContain(outside)
  })
  it('reads the newest blocks of a node that is behind the others', async ({ server, other, place }) => {
    const chain = configOf(server)
    const rpc = { ...chain.rpc, urls: [server.url, other.url] }
    const chains = [{ ...chain, rpc, monitor: { ...chain.monitor, validator } }]
    writeFileSync(join(dirname(place.state), 'config.json'), JSON.stringify({ state: place.state, chains }))
    server.behave({ validators: [validator] })
    other.mine(10)

    const { out } = await cliHere(['check', '--config', 'config.json'], dirname(place.state))
    expect(out).toContain(`(monitor.validator) signs: block ${(server.height() - 1).toLocaleString('en')}`)
  })

  onSharedChain(
    'warns of an address that GovValidator does not list, if the node does not tell who signs',
    async ({ chain, place }) => {
      const { address, members } = await deployGovBase(chain, 'GovBaseValidator', { size: 3, quorum: 2 })
      const check = async (validator: string): Promise<string> => {
        const governance = { system: 'gov-base', address }
        const chains = [{ name: 'local', rpc: { urls: [chain.url] }, governance, monitor: { validator } }]
        const file = join(dirname(place.state), 'config.json')
        writeFileSync(file, JSON.stringify({ state: place.state, chains }))
        return (await cliHere(['check', '--config', file], dirname(place.state))).out.replace(/\s+/g, ' ')
      }
      const listed = numberToHex(BigInt(members[0]!) ^ 1n, { size: 20 })
      expect(await check(listed)).toContain(`warning: local: Whether ${listed} (monitor.validator) signs is not known`)
      const mistyped = `0x${'1'.repeat(40)}`
      expect(await check(mistyped)).toContain(
        `warning: local: ${mistyped} (monitor.validator) is not among the 3 validators that the chain lists. Check`,
      )
    },
  )
})
