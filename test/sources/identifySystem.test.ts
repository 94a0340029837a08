import { encodeAbiParameters, getAddress, parseAbiParameters } from 'viem'
import { describe, expect, onTestFinished } from 'vitest'
import { deploy } from '../../src/localChain/deploy.js'
import { SourceError } from '../../src/domain/errors.js'
import { type Identified, identifySystem } from '../../src/sources/identifySystem.js'
import { answeringContract } from '../support/answeringContract.js'
import type { Chain } from '../support/chain.js'
import { type Listening, listen } from '../support/servers/listen.js'
import { startWemixvisorServer } from '../support/servers/wemixvisorServer.js'
import { deployEntrypoint } from './governance/upgradeEntrypoint/entrypointChain.js'
import { onSharedChain as it } from '../support/fixtures.js'

const { signal } = new AbortController()
const identify = (url: string, address?: string): Promise<Identified> =>
  identifySystem({ url, timeoutMs: 60_000, signal, ...(address !== undefined && { address }) })

let next = 0xc0de_0000
/** Deploys a contract with fixed answers. */
async function placed(chain: Chain, answers: Readonly<Record<string, readonly bigint[]>>): Promise<string> {
  next += 1
  const address = getAddress(`0x${next.toString(16).padStart(40, '0')}`)
  await chain.client.request<{ Method: 'anvil_setCode'; Parameters: [string, string]; ReturnType: null }>({
    method: 'anvil_setCode',
    params: [address, answeringContract(answers)],
  })
  return address
}

describe('an address', () => {
  it.for([
    [{}, 'OpenZeppelin Governor 5'],
    [{ version: 'bravo' }, 'Compound GovernorBravo'],
  ] as const)('is a Governor (%j)', async ([options, flavour], { chain }) => {
    const { governor } = await chain.deploy(options)
    const found = await identify(chain.url, governor.toLowerCase())
    expect(found).toMatchObject({ system: 'governor', address: governor })
    expect(found.summary).toContain(
      `${governor} on chain 31337 at ${new URL(chain.url).host} is a Governor: ${flavour}`,
    )
  })

  it('is one of the WBFT system contracts', async ({ chain }) => {
    const from = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
    const members = encodeAbiParameters(parseAbiParameters('address[], uint32, uint256'), [[from], 1, 604_800n])
    const address = await deploy(chain.client, from, 'GovBaseValidator', members)
    const found = await identify(chain.url, address)
    expect(found).toMatchObject({ system: 'gov-base', address })
    expect(found.summary).toMatch(/is a GovValidator of the WBFT system contracts\.$/)
  })

  it('is a contract that announces upgrades, directly or behind a proxy', async ({ chain }) => {
    const { address } = await deployEntrypoint(chain)
    const target = encodeAbiParameters(parseAbiParameters('address'), [address])
    const proxy = await deploy(chain.client, '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266', 'UpgradableProxy', target)
    for (const one of [address, proxy]) {
      const found = await identify(chain.url, one)
      expect(found).toMatchObject({ system: 'upgrade-entrypoint', address: one })
      expect(found.summary).toMatch(/announces upgrades by SoftwareUpgrade and PlanUpgrade\.$/)
    }
  })

  it('is the registry of WEMIX3.0', async ({ chain }) => {
    const address = await placed(chain, { 'magic()': [0x57656d6978205265676973747279n] })
    const found = await identify(chain.url, address)
    expect(found).toMatchObject({ system: 'wemix', address })
    expect(found.summary).toMatch(/is the registry of WEMIX3\.0\.$/)
  })

  it('is the Gov contract of WEMIX3.0, for which its registry is to be configured', async ({ chain }) => {
    const registry = `0x${'1'.repeat(40)}`
    const address = await placed(chain, { 'ballotLength()': [3n], 'reg()': [BigInt(registry)] })
    await expect(identify(chain.url, address)).resolves.toMatchObject({ system: 'wemix', address: registry })
  })

  it('is a GovNCP, which no system reads', async ({ chain }) => {
    const found = await identify(
      chain.url,
      await placed(chain, { 'currentProposalID()': [0n], 'ncpList()': [32n, 0n] }),
    )
    expect(found.system).toBeUndefined()
    expect(found.summary).toMatch(/is a GovNCP of a WBFT chain, which no system reads yet\.$/)
  })

  it('is a contract without known governance', async ({ chain }) => {
    const { token } = await chain.deploy()
    const found = await identify(chain.url, token)
    expect(found.system).toBeUndefined()
    expect(found.summary).toMatch(/is a contract, but not a governance contract that govstream knows\.$/)
  })

  it('has no contract', async ({ chain }) => {
    const address = `0x${'2'.repeat(40)}`
    await expect(identify(chain.url, address)).resolves.toStrictEqual({
      chainId: 31337,
      summary: `There is no contract at ${address} on chain 31337 at ${new URL(chain.url).host}.`,
    })
  })

  it('is useless on a chain without contracts', async () => {
    const server = await startWemixvisorServer()
    onTestFinished(() => server.stop())
    expect((await identify(server.url, `0x${'1'.repeat(40)}`)).summary).toMatch(
      /There are no contracts there: leave the address out\.$/,
    )
  })
})

describe('a URL', () => {
  it('is an EVM chain', async ({ chain }) => {
    const found = await identify(chain.url)
    expect(found.system).toBeUndefined()
    expect(found.summary).toMatch(/^This is EVM chain 31337 at 127\.0\.0\.1:\d+\. Give an address as well/)
    expect(found.hasForks).toBe(true)
  })

  it('serves the dialect of wemixvisor, with or without batches', async () => {
    const server = await startWemixvisorServer()
    onTestFinished(() => server.stop())
    for (const single of [false, true]) {
      server.behave({ single })
      expect(await identify(server.url)).toStrictEqual({
        system: 'wemixvisor-rpc',
        summary: `This is the JSON-RPC of wemixvisor (${new URL(server.url).host}, at block 1000).`,
      })
    }
  })

  it('serves CometBFT', async () => {
    const server = await startWemixvisorServer()
    onTestFinished(() => server.stop())
    server.behave({ without: ['gov/params', 'gov/proposals'], status: { node_info: { network: 'cosmoshub-4' } } })
    const found = await identify(server.url)
    expect(found.system).toBe('cosmos')
    expect(found.summary).toMatch(/^This is the RPC of CometBFT \(.*, chain cosmoshub-4, at block 1000\)\.$/)
    expect(found.place).toMatch(/^It belongs under rpc\.urls/)
  })

  it('serves REST of a Cosmos chain', async () => {
    const rest = await served((path) =>
      path === '/cosmos/base/tendermint/v1beta1/blocks/latest'
        ? { block: { header: { chain_id: 'cosmoshub-4', time: '2026-01-01T00:00:00Z' } } }
        : undefined,
    )
    const found = await identify(rest.url)
    expect(found.system).toBe('cosmos')
    expect(found.summary).toMatch(/^This is the REST of a Cosmos chain \(.*, chain cosmoshub-4\)\.$/)
    expect(found.place).toMatch(/^It belongs under governance\.rest/)
  })

  it('serves REST of a chain whose validators signal', async () => {
    const rest = await served((path) =>
      path === '/cosmos/base/tendermint/v1beta1/blocks/latest'
        ? { block: { header: { chain_id: 'celestia', time: '2026-01-01T00:00:00Z' } } }
        : path === '/signal/v1/upgrade'
          ? { upgrade: null }
          : undefined,
    )
    const found = await identify(rest.url)
    expect(found).toMatchObject({ system: 'signal', chainId: 'celestia', serves: 'rest' })
    expect(found.place).toMatch(/^It belongs under governance\.rest of the system signal, and CometBFT/)
  })

  it('serves something else', async () => {
    const page = await served(() => undefined)
    await expect(identify(page.url)).rejects.toMatchObject({ kind: 'permanent' })
    await expect(identify(page.url)).rejects.toThrow(
      /speaks neither the JSON-RPC of an EVM chain, of CometBFT or of wemixvisor, nor the REST of a Cosmos chain/,
    )
  })

  it('is unreachable', async () => {
    const failure: unknown = await identify('http://127.0.0.1:9/hunter2').catch((cause: unknown) => cause)
    expect(failure).toBeInstanceOf(SourceError)
    expect(failure).toMatchObject({ kind: 'transient' })
    expect(String(failure)).not.toContain('hunter2')
  })
})

/** A server that only accepts GET. */
async function served(answer: (path: string) => object | undefined): Promise<Listening> {
  const server = await listen((request, response) => {
    const body = request.method === 'GET' ? answer(request.url ?? '') : undefined
    response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {}))
  })
  onTestFinished(() => server.stop())
  return server
}
