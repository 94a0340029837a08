import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderConfig } from '../../../src/cli/init/renderConfig.js'
import { parseYaml } from '../../../src/config/file/parseYaml.js'
import { inspectConfig } from '../../../src/config/inspectConfig.js'
import { systems } from '../../../src/config/systems.js'

const read = (text: string): unknown => parseYaml(text, 'govstream.yaml').value
const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 })

describe('a first configuration', () => {
  it.each(systems)('for %s is valid', (system) => {
    const isEvm = ['governor', 'gov-base', 'wemix', 'upgrade-entrypoint'].includes(system)
    const text = renderConfig({
      name: 'main',
      system,
      rpc: 'https://node.example',
      ...(['cosmos', 'signal'].includes(system) && { rest: 'https://rest.example', chainId: 'cosmoshub-4' }),
      ...(isEvm && {
        chainId: 1,
        address: `0x${'1'.repeat(40)}`,
        history: { fromBlock: 12n, why: 'The block in which the contract was deployed.' },
      }),
      home: '/var/lib/node',
    })
    expect(inspectConfig(read(text))).toMatchObject({ ok: true })
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80)
  })

  it('for a Cosmos chain does not say that the home is for a file that the node writes itself', () => {
    const text = renderConfig({ name: 'hub', system: 'cosmos', rpc: 'http://rpc.example' }).replaceAll(/\n +# /g, ' ')
    expect(text).toContain('nothing is written here. With the home of the node, govstream checks before an upgrade')
    expect(text).toContain('profile: cosmovisor')
    expect(text).not.toContain('wemix')
  })

  it.each(['cosmos', 'signal', 'gov-base'] as const)('for %s has a placeholder for the validator', (system) => {
    const [address, rest] = [`0x${'1'.repeat(40)}`, 'https://rest.example']
    const text = renderConfig({ name: 'main', system, rpc: 'https://node.example', address, rest })
    const filled = text.replaceAll(/^ {4}# (monitor:| {2}validator: .*)$/gm, '    $1').replace('…', 'A'.repeat(40))
    expect(read(filled)).toMatchObject({ chains: [{ monitor: { validator: 'A'.repeat(40) } }] })
  })

  it('has the same values with its choice uncommented', () => {
    const text = renderConfig({
      name: 'main',
      system: 'wemixvisor-rpc',
      rpc: 'http://127.0.0.1:26657',
      managers: [{ home: '/home/me/.wemixd', profile: 'wemixvisor' }],
    })
    const chosen = text.replaceAll(/^ {4}# (upgradeInfo:| {2}home: .*| {2}profile: .*)$/gm, '    $1')
    expect(read(chosen)).toMatchObject({
      chains: [{ upgradeInfo: { home: '/home/me/.wemixd', profile: 'wemixvisor' } }],
    })
  })

  it('keeps every text unchanged, whatever it contains, and none of it becomes a key', () => {
    fc.assert(
      fc.property(words, words, words, words, (rpc, home, chainId, found) => {
        const text = renderConfig({
          name: 'main',
          system: 'wemixvisor-rpc',
          ...{ rpc, home, chainId, profile: 'portable' },
          managers: [{ home: found, profile: 'cosmovisor' }],
        })
        expect(read(text)).toStrictEqual({
          state: './govstream.db',
          chains: [
            {
              name: 'main',
              rpc: { urls: [rpc], chainId },
              governance: { system: 'wemixvisor-rpc' },
              upgradeInfo: { home, profile: 'portable' },
            },
          ],
          notifier: { handlers: [{ type: 'log' }] },
        })
        expect(
          read(
            renderConfig({ name: 'main', system: 'cosmos', rpc, managers: [{ home: found, profile: 'cosmovisor' }] }),
          ),
        ).toStrictEqual({
          state: './govstream.db',
          chains: [{ name: 'main', rpc: { urls: [rpc] }, governance: { system: 'cosmos' } }],
          notifier: { handlers: [{ type: 'log' }] },
        })
      }),
    )
  })
})
