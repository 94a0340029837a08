import { onSharedChain } from '../../../support/fixtures.js'
import { type Address, encodeFunctionData } from 'viem'
import { describe, expect } from 'vitest'
import { deploy } from '../../../../src/localChain/deploy.js'
import { readArtifact } from '../../../../src/localChain/readArtifact.js'
import { transact } from '../../../../src/localChain/transact.js'
import type { Chain } from '../../../support/chain.js'
import { follow } from './follow.js'

/** `from` is the acting account. */
const it = onSharedChain.extend('from', { scope: 'file' }, async ({ chain }) => {
  const [from] = await chain.client.request({ method: 'eth_accounts' })
  return from!
})

const fence = (name: string, height: number): string =>
  `# Upgrade\n\n\`\`\`upgrade-plan\n${JSON.stringify({ name, height })}\n\`\`\`\n`

async function nouns(chain: Chain, from: Address) {
  const address = await deploy(chain.client, from, 'NounsGovernor')
  const { abi } = await readArtifact('NounsGovernor')
  const act = (chain: Chain, from: Address, functionName: string, ...args: readonly unknown[]) =>
    transact(chain.client, { from, to: address, data: encodeFunctionData({ abi, functionName, args }) })
  const follower = follow({ urls: [chain.url], addresses: [address] })
  await act(chain, from, 'propose', [address], [0n], [''], ['0x'], fence('v1', 1_000_000))
  await follower.poll()
  return { address, act, ...follower }
}

describe('a governor of the Nouns family', () => {
  it('has more states: updatable, in its objection period, vetoed', async ({ chain, from }) => {
    const { act, poll, proposal } = await nouns(chain, from)
    const statuses: (string | undefined)[] = [proposal(1n)?.status]
    for (const state of [1, 9, 4, 5, 8]) {
      await act(chain, from, 'setState', 1n, state)
      await poll()
      statuses.push(proposal(1n)?.status)
    }
    expect(statuses).toStrictEqual(['submitted', 'voting', 'voting', 'passed', 'queued', 'canceled'])
  })

  it('has proposals that can be edited before the vote, together with their plans', async ({ chain, from }) => {
    const { address, act, poll, proposal } = await nouns(chain, from)
    expect(proposal(1n)?.finding?.plan).toMatchObject({ name: 'v1', height: 1_000_000 })
    await act(chain, from, 'updateProposalDescription', 1n, fence('v2', 1_000_000), 'better')
    await poll()
    expect(proposal(1n)?.finding?.plan).toMatchObject({ name: 'v2', height: 1_000_000 })
    await act(chain, from, 'updateProposalTransactions', 1n, [from], [5n], [''], ['0x'], 'pays')
    await poll()
    expect(proposal(1n)).toMatchObject({
      actions: [
        {
          target:
            from.toLowerCase() === proposal(1n)?.actions[0]?.target.toLowerCase()
              ? proposal(1n)?.actions[0]?.target
              : '',
          value: 5n,
        },
      ],
      finding: { plan: { name: 'v2' } },
    })
    await act(chain, from, 'updateProposal', 1n, [address], [0n], [''], ['0x'], '# Nothing any more', 'off')
    await poll()
    expect(proposal(1n)).toMatchObject({ title: 'Nothing any more', actions: [{ value: 0n }] })
    expect(proposal(1n)).not.toHaveProperty('finding')
  })

  it('is asked for a proposal in its edited form, so that other nodes can confirm it', async ({ chain, from }) => {
    const { address, act, poll, proposal, reader } = await nouns(chain, from)
    await act(chain, from, 'updateProposalDescription', 1n, fence('v2', 1_000_000), 'better')
    await act(chain, from, 'updateProposalDescription', 1n, fence('v3', 1_000_000), 'better still')
    await poll()
    const near = proposal(1n)!.origin!.block
    const asked = await reader.readProposal(address, '1', new AbortController().signal, near)
    expect(asked?.finding?.plan).toMatchObject({ name: 'v3', height: 1_000_000 })
    expect(asked?.description).toBe(proposal(1n)?.description)
  })

  it('is searched for edits in several requests at a time, because the others wait a few seconds for the answer', async ({
    chain,
    from,
    proxy,
  }) => {
    const { address, proposal } = await nouns(chain, from)
    const { block: near } = proposal(1n)!.origin!
    await chain.client.mine({ blocks: 60 })
    const { reader } = follow({ urls: [proxy.url], addresses: [address], maxLogRange: 10 })
    const requests = (): number => proxy.methods().filter((method) => method === 'eth_getLogs').length
    // The first is that of the block in which it was submitted.
    proxy.behave({ fail: 'hang', failOn: ({ method }) => method === 'eth_getLogs' && requests() > 1 })
    const stopped = new AbortController()
    const asked = reader.readProposal(address, '1', stopped.signal, near)
    await expect.poll(requests).toBe(1 + 4)

    stopped.abort()
    await expect(asked).rejects.toThrow()
  })

  it('cannot be confirmed if an edit is too many blocks away from the submission', async ({ chain, from }) => {
    const { address, act, poll, proposal } = await nouns(chain, from)
    await chain.client.mine({ blocks: 210 })
    await act(chain, from, 'updateProposalDescription', 1n, fence('v2', 1_000_000), 'late')
    await poll()
    const near = proposal(1n)!.origin!.block
    const ask = (maxLogRange: number) =>
      follow({ urls: [chain.url], addresses: [address], maxLogRange }).reader.readProposal(
        address,
        '1',
        new AbortController().signal,
        near,
      )

    expect((await ask(2))?.finding?.plan).toMatchObject({ name: 'v2' })
    await expect(ask(1)).rejects.toThrow('cannot vouch for a proposal')
  })

  it('has a history that reads the same as when it was followed', async ({ chain, from }) => {
    const { address, act, poll, proposal } = await nouns(chain, from)
    await act(chain, from, 'updateProposal', 1n, [from], [5n], [''], ['0x'], fence('v3', 2_000_000), 'other')
    await poll()
    const later = follow({ urls: [chain.url], addresses: [address] })
    await later.poll()
    expect(later.proposal(1n)).toMatchObject({ finding: { plan: { name: 'v3' } }, actions: proposal(1n)?.actions })
  })
})

describe('an unknown state of a proposal', () => {
  it('keeps the last status, marks it, and warns once', async ({ chain, from }) => {
    const { act, poll, proposal } = await nouns(chain, from)
    await act(chain, from, 'setState', 1n, 5)
    await poll()
    await act(chain, from, 'setState', 1n, 42)
    const { warnings } = await poll()
    expect(proposal(1n)).toMatchObject({ status: 'queued', notUnderstood: 'state 42' })
    expect(warnings).toMatchObject([expect.stringContaining('answers state 42 for proposal 1')])
    await chain.client.mine({ blocks: 1 })
    expect((await poll()).warnings).toStrictEqual([])
    await act(chain, from, 'setState', 1n, 7)
    await poll()
    expect(proposal(1n)).toMatchObject({ status: 'executed' })
    expect(proposal(1n)).not.toHaveProperty('notUnderstood')
  })
})
