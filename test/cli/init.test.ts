import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, vi } from 'vitest'
import { loadConfig } from '../../src/config/loadConfig.js'
import type { Config } from '../../src/config/schema.js'
import { runCli } from '../../src/cli/runCli.js'
import type { Terminal } from '../../src/cli/Terminal.js'
import { cliHere, commandHere } from '../support/cliHere.js'
import { onSharedChain } from '../support/fixtures.js'
import { startCosmosServer } from '../support/servers/cosmosServer.js'
import { startWemixvisorServer } from '../support/servers/wemixvisorServer.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const it = onSharedChain
  .extend('governor', { scope: 'file' }, async ({ chain }) => (await chain.deploy()).governor)
  .extend('directory', ({}, { onCleanup }) => {
    const directory = temporaryDirectory()
    onCleanup(() => directory[Symbol.dispose]())
    return directory.path
  })

const written = (directory: string, file = 'govstream.yaml'): string => readFileSync(join(directory, file), 'utf8')
const configIn = (directory: string, environment = {}): Config =>
  loadConfig(join(directory, 'govstream.yaml'), environment)

const initIn = (directory: string, url: string, address: string): readonly string[] => [
  'init',
  ...['--rpc', url, '--address', address, '--yes', '--force', '--config', join(directory, 'govstream.yaml')],
]
const clear = '\r\u001b[2K'

/** Gives these answers in this order, then ends the input. */
function somebody(...answers: readonly string[]): {
  readonly ask: NonNullable<Terminal['ask']>
  readonly asked: string[]
} {
  const left = [...answers]
  const asked: string[] = []
  return {
    asked,
    ask: (question) => {
      asked.push(question)
      return Promise.resolve(left.shift())
    },
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('init with options only', () => {
  it('writes a valid configuration: it finds the system, chain id and deployment block', async ({
    chain,
    governor,
    directory,
  }) => {
    vi.stubEnv('HOME', directory)
    const { code, out, err } = await cliHere(
      ['init', '--rpc', chain.url, '--address', governor, '--yes'],
      directory,
      80,
    )

    expect(code).toBe(0)
    expect(err).toMatch(
      /is\s+a\s+Governor: OpenZeppelin Governor 5\.\nLooking for the block in which it was deployed\.\nIt was deployed in block \d+\.\n$/,
    )
    const [config] = configIn(directory).chains
    expect(config).toMatchObject({
      name: 'chain-31337',
      rpc: { urls: [chain.url], chainId: 31337 },
      governance: { system: 'governor', address: [governor] },
    })
    const { fromBlock } = { fromBlock: 0, ...config?.governance }
    expect(await chain.client.getCode({ address: governor, blockNumber: BigInt(fromBlock) })).toMatch(/^0x/)
    expect(await chain.client.getCode({ address: governor, blockNumber: BigInt(fromBlock - 1) })).toBeUndefined()
    expect(config?.upgradeInfo.home).toBeUndefined()
    expect(out).toMatch(/^Wrote \.\/govstream\.yaml\.\nThe configuration is valid\.\n/)
    expect(out).toContain('chain-31337: reached')
    expect(out).toContain('\nNext:\n  govstream run              starts it here, until Ctrl-C\n')
    expect(statSync(join(directory, 'govstream.yaml')).mode & 0o777).toBe(0o644)
  })

  it('keeps the file and its output within 80 columns', async ({ chain, governor, directory }) => {
    vi.stubEnv('HOME', directory)
    const { out, err } = await cliHere(['init', '--rpc', chain.url, '--address', governor], directory, 80)
    const lines = [written(directory), out, err].join('\n').split('\n')
    expect(lines.filter((line) => line.length > 80)).toStrictEqual([])
  })

  it('uses the given home, and the profile of the manager there', async ({ chain, governor, directory }) => {
    mkdirSync(join(directory, 'node', 'cosmovisor', 'genesis', 'bin'), { recursive: true })
    mkdirSync(join(directory, 'node', 'data'))
    const { code, out } = await cliHere(
      ['init', '--rpc', chain.url, '--address', governor, '--home', 'node', '--name', 'main', '--from-block', '1'],
      directory,
    )
    expect(code).toBe(0)
    expect(configIn(directory).chains).toMatchObject([
      {
        name: 'main',
        governance: { fromBlock: 1 },
        upgradeInfo: { home: join(directory, 'node'), profile: 'cosmovisor' },
      },
    ])
    expect(out).toContain('upgrade-info.json can be written')
  })

  it('mentions a manager that it finds, and does not use its home unasked', async ({ chain, governor, directory }) => {
    vi.stubEnv('HOME', directory)
    mkdirSync(join(directory, '.wemixd', 'wemixvisor', 'genesis', 'bin'), { recursive: true })
    await cliHere(['init', '--rpc', chain.url, '--address', governor, '--yes'], directory)
    expect(configIn(directory).chains[0]?.upgradeInfo.home).toBeUndefined()
    expect(written(directory)).toContain(`    #   home: "${join(directory, '.wemixd')}"\n    #   profile: wemixvisor\n`)
  })

  it('never replaces an existing file without --force', async ({ chain, governor, directory }) => {
    writeFileSync(join(directory, 'govstream.yaml'), 'mine')
    const args = ['init', '--rpc', chain.url, '--address', governor, '--yes']
    expect(await cliHere(args, directory)).toStrictEqual({
      code: 2,
      out: '',
      err: './govstream.yaml: expected no file, but there is one; --force replaces it, --config FILE names another\n',
    })
    expect(written(directory)).toBe('mine')
    expect(await cliHere([...args, '--config', 'other.yaml'], directory)).toMatchObject({ code: 0 })
    expect(written(directory, 'other.yaml')).toContain('chain-31337')
    expect(await cliHere([...args, '--force'], directory)).toMatchObject({ code: 0 })
    expect(configIn(directory).chains).toHaveLength(1)
  })

  it('keeps a variable in the URL, and restores it if the shell has expanded it', async ({
    chain,
    governor,
    directory,
  }) => {
    const keyed = `${chain.url}/?apikey=0123456789abcdef0123`
    vi.stubEnv('NODE_URL', keyed)
    for (const rpc of ['${NODE_URL}', keyed]) {
      const { code, out, err } = await cliHere(['init', '--rpc', rpc, '--address', governor, '--force'], directory)
      expect(code).toBe(0)
      expect(written(directory)).toContain('- "${NODE_URL}"')
      expect(`${written(directory)}${out}${err}`).not.toContain('0123456789abcdef')
      expect(configIn(directory, { NODE_URL: keyed }).chains[0]?.rpc.urls).toStrictEqual([keyed])
    }
  })

  it('writes a key without a variable into a file that only its owner can read, and says so', async ({
    chain,
    governor,
    directory,
  }) => {
    const keyed = `${chain.url}/?apikey=0123456789abcdef0123`
    const { out, err } = await cliHere(['init', '--rpc', keyed, '--address', governor], directory)
    expect(statSync(join(directory, 'govstream.yaml')).mode & 0o777).toBe(0o600)
    expect(out).toContain('mode 0600')
    expect(out).toContain('write "${RPC_URL}"')
    expect(`${out}${err}`).not.toContain('0123456789abcdef')
  })

  it('uses the oldest readable block if the node keeps no old state, and says so in the file', async ({
    chain,
    governor,
    directory,
    proxy,
  }) => {
    const head = Number(await chain.client.getBlockNumber())
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getCode' && Number(call.params?.[1]) < head
          ? { error: { code: -32000, message: 'missing trie node 0xabc (path )' } }
          : answer,
    })
    const { code, err } = await cliHere(['init', '--rpc', proxy.url, '--address', governor], directory)
    expect(code).toBe(0)
    expect(err).toContain(`keeps states from block ${head} on, and the contract is older`)
    expect(configIn(directory).chains[0]?.governance).toMatchObject({ fromBlock: 0 })
    expect(written(directory)).toMatch(/# The oldest block that the node can read;/)
  })

  it('writes nothing if no contract is found, and exits with 75 if the node is unreachable', async ({
    chain,
    directory,
  }) => {
    const nobody = `0x${'1'.repeat(40)}`
    const none = await cliHere(['init', '--rpc', chain.url, '--address', nobody], directory)
    expect(none).toMatchObject({ code: 1, out: '' })
    expect(none.err.split('There is no contract at 0x1')).toHaveLength(2)
    expect(await cliHere(['init', '--rpc', 'http://127.0.0.1:9', '--address', nobody], directory)).toMatchObject({
      code: 75,
    })
    expect(() => written(directory)).toThrow(/ENOENT/)
  })

  it.for<[readonly string[], string]>([
    [[], '--rpc: expected the URL of a node, but it is missing\n'],
    [['--rpc', 'localhost'], '--rpc: expected an http:// or https:// URL\n'],
    [['--rpc', '${NOT_SET}'], '--rpc: expected the environment variable NOT_SET, which is not set\n'],
    [['--rpc', 'http://a', '--address', '0x12'], '--address: expected a 0x address of 40 hex digits\n'],
  ])('refuses %j', async ([args, said], { directory }) => {
    expect(await cliHere(['init', ...args], directory)).toStrictEqual({ code: 2, out: '', err: said })
  })

  it('requires the address on a chain that could have several contracts', async ({ chain, directory }) => {
    const { code, err } = await cliHere(['init', '--rpc', chain.url, '--yes'], directory)
    expect(code).toBe(2)
    expect(err).toMatch(/--address: expected the address of the governance contract, but it is missing\n$/)
  })

  it('compares the forks of nodes that report them, if asked to', async ({ chain, directory }) => {
    const { code, out, err } = await cliHere(['init', '--rpc', chain.url, '--address', 'forks', '--yes'], directory)
    expect(err).toContain('It reports the forks for which it is ready (eth_config)')
    expect(configIn(directory).chains).toMatchObject([
      { name: 'chain-31337', rpc: { chainId: 31337 }, governance: { system: 'fork-config' } },
    ])
    expect(out).toContain('runs the fork 0x00000000 and names no next fork')
    expect(code).toBe(0)
  })
})

describe('init on a slow node', () => {
  it('prints what it looks for before the answer comes', async ({ governor, directory, proxy }) => {
    const { context, said } = commandHere(80)
    const saidBefore: string[] = []
    proxy.behave({
      rewrite: (call, answer) => {
        if (call.method === 'eth_getCode' && call.params?.[1] !== 'latest') saidBefore.push(said().err)
        return answer
      },
    })
    const code = await runCli(initIn(directory, proxy.url, governor), context)
    expect(code).toBe(0)
    expect(saidBefore[0]).toMatch(/\nLooking for the block in which it was deployed\.\n$/)
    expect(said().err).not.toContain('\u001b')
  })

  it('shows the host and the progress on a terminal, and clears them afterwards', async ({
    chain,
    governor,
    directory,
  }) => {
    await chain.client.mine({ blocks: 40 })
    const { context, said } = commandHere(80)
    const drawn: string[] = []
    const draw = (text: string): void => {
      drawn.push(text)
      context.terminal.note(`drawn ${drawn.length}`)
    }
    const terminal = { ...context.terminal, draw }
    const code = await runCli(initIn(directory, chain.url, governor), { ...context, terminal })
    expect(code).toBe(0)
    const { host } = new URL(chain.url)
    expect(drawn.slice(0, 2)).toStrictEqual([`${clear}asking ${host}`, clear])
    expect(drawn[2]).toMatch(/^\r\u001b\[2Kbetween block 0 and \d+: about \d steps left$/)
    expect(drawn.at(-2)).toMatch(/: about 1 step left$/)
    expect(drawn.at(-1)).toBe(clear)
    // Permanent lines are written while no progress is shown.
    expect(
      said()
        .err.split('\n')
        .findIndex((line) => line.startsWith('Looking')),
    ).toBeGreaterThan(said().err.split('\n').indexOf('drawn 2'))
    expect(said().err).toMatch(new RegExp(`drawn ${drawn.length}\nIt was deployed in block `))
  })

  it('leaves no progress line behind if the node fails', async ({ chain, directory }) => {
    const { context, said } = commandHere(80)
    const drawn: string[] = []
    const terminal = { ...context.terminal, draw: (text: string) => void drawn.push(text) }
    expect(await runCli(initIn(directory, chain.url, `0x${'1'.repeat(40)}`), { ...context, terminal })).toBe(1)
    expect(drawn.at(-1)).toBe(clear)
    expect(said().err).toContain('There is no contract at 0x1')
  })
})

describe('init for other systems', () => {
  it('needs the REST address of a Cosmos chain, but of no other chain', async ({ directory }) => {
    const [node, chain] = await Promise.all([startWemixvisorServer(), startCosmosServer()])
    onTestFinished(async () => {
      await Promise.all([node.stop(), chain.stop()])
    })
    node.behave({ without: ['gov/params', 'gov/proposals'], status: { node_info: { network: 'cosmoshub-4' } } })
    const blockOf = (network: string): void =>
      chain.answer('/cosmos/base/tendermint/v1beta1/blocks/latest', {
        block: { header: { chain_id: network, time: '2026-01-01T00:00:00Z' } },
      })
    blockOf('cosmoshub-4')
    const init = (...args: readonly string[]) => cliHere(['init', '--rpc', node.url, ...args], directory)

    const alone = await init('--yes')
    expect(alone.code).toBe(2)
    expect(alone.err).toMatch(/--rest: expected the URL of the REST \(API\) of the same chain, but it is missing\n$/)
    expect((await init('--rest', node.url)).err).toMatch(
      /--rest: expected the REST of a Cosmos chain\. This is the RPC/,
    )
    const swapped = await cliHere(['init', '--rpc', chain.url], directory)
    expect(swapped).toMatchObject({ code: 2 })
    expect(swapped.err).toMatch(/Give it as --rest\.\n$/)

    await init('--rest', chain.url)
    expect(configIn(directory).chains).toMatchObject([
      {
        name: 'cosmoshub-4',
        rpc: { urls: [node.url], chainId: 'cosmoshub-4' },
        governance: { system: 'cosmos', rest: [chain.url] },
        upgradeInfo: { when: 'never' },
      },
    ])
    // The same chain with validators that signal upgrades: only its REST tells.
    chain.answer('/signal/v1/upgrade', { upgrade: null })
    await init('--rest', chain.url, '--force', '--home', directory)
    expect(configIn(directory).chains).toMatchObject([
      { governance: { system: 'signal', rest: [chain.url] }, upgradeInfo: { when: 'never' } },
    ])
    blockOf('osmosis-1')
    expect((await init('--rest', chain.url, '--force')).err).toMatch(/--rest: expected the same chain as at --rpc\./)
  })

  it('recognizes the JSON-RPC of wemixvisor', async ({ directory }) => {
    const server = await startWemixvisorServer()
    onTestFinished(() => server.stop())
    server.behave({ status: { node_info: { network: 'Wemix_Test 1' } } })
    const { code } = await cliHere(['init', '--rpc', server.url, '--yes'], directory)
    expect(code).toBe(0)
    expect(configIn(directory).chains).toMatchObject([
      { name: 'wemix-test-1', rpc: { chainId: 'Wemix_Test 1' }, governance: { system: 'wemixvisor-rpc' } },
    ])
  })
})

describe('init on a terminal', () => {
  it('asks for what it needs, again after an invalid answer, and offers what it found', async ({
    chain,
    governor,
    directory,
  }) => {
    vi.stubEnv('HOME', directory)
    mkdirSync(join(directory, '.wemixd', 'wemixvisor', 'genesis', 'bin'), { recursive: true })
    const { ask, asked } = somebody('localhost', chain.url, '0x12', `0x${'1'.repeat(40)}`, governor, '', '')
    const { code, err } = await cliHere(['init'], directory, 80, ask)

    expect(asked.map((question) => question.replace(/ \[.*/, ''))).toStrictEqual([
      'RPC endpoint of the chain',
      'RPC endpoint of the chain',
      'Governance contract, or "forks": ',
      'Governance contract, or "forks": ',
      'Governance contract, or "forks": ',
      'Name of the chain',
      'Home of the node, for upgrade-info.json (a number, a directory, or none)',
    ])
    expect(err).toContain('expected an http:// or https:// URL\n')
    expect(err).toContain('expected a 0x address of 40 hex digits\n')
    expect(err).toContain('There is no contract at 0x1')
    expect(code).toBe(0)
    expect(configIn(directory).chains).toMatchObject([
      { name: 'chain-31337', upgradeInfo: { home: join(directory, '.wemixd'), profile: 'wemixvisor' } },
    ])
  })

  it('asks before it replaces a file, and keeps it unless the answer is yes', async ({
    chain,
    governor,
    directory,
  }) => {
    writeFileSync(join(directory, 'govstream.yaml'), 'mine')
    for (const answer of ['', 'no', 'n']) {
      const { code } = await cliHere(['init'], directory, 80, somebody(answer).ask)
      expect({ code, text: written(directory) }).toStrictEqual({ code: 2, text: 'mine' })
    }
    const given = ['init', '--rpc', chain.url, '--address', governor, '--name', 'local']
    const { code } = await cliHere(given, directory, 80, somebody('y', 'none').ask)
    expect(code).toBe(0)
    expect(configIn(directory).chains[0]?.name).toBe('local')
  })

  it('writes nothing if the input ends', async ({ chain, directory }) => {
    expect(await cliHere(['init', '--rpc', chain.url], directory, 80, somebody().ask)).toMatchObject({
      code: 1,
      out: '',
    })
    expect(() => written(directory)).toThrow(/ENOENT/)
  })
})
