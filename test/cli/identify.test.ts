import { onSharedChain } from '../support/fixtures.js'
import { describe, expect, onTestFinished } from 'vitest'
import { cliHere } from '../support/cliHere.js'
import { startWemixvisorServer } from '../support/servers/wemixvisorServer.js'

const it = onSharedChain.extend('governor', { scope: 'file' }, async ({ chain }) => (await chain.deploy()).governor)

const run = (...args: readonly string[]) => cliHere(['check', ...args], '/')

describe('check with an address but no system', () => {
  it('names the contract, and says what to configure', async ({ chain, governor }) => {
    const { code, out, err } = await run('--rpc', chain.url, '--address', governor)
    expect({ code, err }).toStrictEqual({ code: 0, err: '' })
    expect(out).toBe(
      `${governor} on chain 31337 at ${new URL(chain.url).host} is a Governor: OpenZeppelin Governor 5.\n\ngovernance:\n  system: governor\n  address: "${governor}"\n`,
    )
  })

  it('names the contract as JSON, too', async ({ chain, governor }) => {
    const { out } = await run('--rpc', chain.url, '--address', governor, '--json')
    expect(JSON.parse(out)).toMatchObject({
      rpc: chain.url,
      address: governor,
      system: 'governor',
      configure: governor,
      problem: null,
    })
  })

  it('fails if there is no supported contract', async ({ chain }) => {
    const { code, out } = await run('--rpc', chain.url, '--address', `0x${'1'.repeat(40)}`)
    expect(code).toBe(1)
    expect(out).toMatch(/^There is no contract at 0x1{40} on chain 31337/)
  })

  it('names the protocol of a URL without an address', async ({ chain }) => {
    const { code, out } = await run('--rpc', chain.url)
    expect(code).toBe(1)
    expect(out).toMatch(/^This is EVM chain 31337 .* Give an address as well/)
  })

  it('leaves a placeholder for the REST address that a Cosmos chain needs', async () => {
    const server = await startWemixvisorServer()
    onTestFinished(() => server.stop())
    server.behave({ without: ['gov/params', 'gov/proposals'], status: { node_info: { network: 'cosmoshub-4' } } })
    const { out } = await run('--rpc', server.url)
    expect(out).toContain('\ngovernance:\n  system: cosmos\n  rest: [https://…]\n')
  })

  it('exits with 75 if the URL is unreachable', async () => {
    const { code, out } = await run('--rpc', 'http://127.0.0.1:9/hunter2', '--json')
    expect(code).toBe(75)
    expect(JSON.parse(out)).toMatchObject({ rpc: 'http://127.0.0.1:9', system: null })
    expect(out).not.toContain('hunter2')
  })

  it.each<[readonly string[], string]>([
    [
      ['--address', '0x12'],
      '--rpc: expected the URL of a node to look for the address at, but it is missing\n--address: expected a 0x address of 40 hex digits\n',
    ],
    [['--rpc', 'localhost'], '--rpc: expected an http:// or https:// URL\n'],
    [
      ['--rpc', 'http://a', '--address', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed'],
      '--address: expected another letter or case in this address: its checksum (EIP-55) does not fit, so it was mistyped; copy it again, or write it in lower case\n',
    ],
    [
      ['--rpc', 'http://a', '--address', `0x${'1'.repeat(40)}`, '--home', '/srv'],
      '--home: expected without --address: it depends on what is found\n',
    ],
    [
      ['--rpc', 'http://a', '--address', `0x${'1'.repeat(40)}`, '--governor', `0x${'1'.repeat(40)}`],
      '--address: expected without --governor, which names the contract and what it is\n',
    ],
  ])('refuses %j', async (args, said) => {
    const { code, err } = await run(...args)
    expect({ code, err }).toStrictEqual({ code: 2, err: said })
  })
})
