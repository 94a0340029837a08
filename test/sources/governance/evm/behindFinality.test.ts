import { describe, expect } from 'vitest'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import { onSharedChain } from '../../../support/fixtures.js'
import { deployGovBase, readerOf as govBaseReader } from '../govBase/govBaseChain.js'
import { readerOf as governorReader } from '../governor/follow.js'
import { deployEntrypoint, readerOf as entrypointReader } from '../upgradeEntrypoint/entrypointChain.js'
import { readerOf as wemixReader } from '../wemix/follow.js'
import { onWemix } from '../wemix/onWemix.js'

const { signal } = new AbortController()
const finality = 1

/** Asks for a proposal that was submitted in the newest block, as a witness is asked. */
async function asked(reader: GovernanceReader, contract: string, id: bigint | string, block: bigint): Promise<string> {
  const answer = reader.readProposal(contract, id.toString(), signal, block)
  return answer.then(
    (proposal) => (proposal === undefined ? 'unknown' : 'known'),
    (cause: unknown) => (cause instanceof Error ? cause.message : ''),
  )
}
const behind = (block: bigint): string => `A node of local has not reached block ${block}, at the configured finality.`

describe('a node that has not reached the block of a proposal at the configured finality', () => {
  onSharedChain('does not call it unknown: Governor', async ({ chain }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Wanted' })
    const block = await chain.client.getBlockNumber()
    const of = (options: object) => governorReader({ urls: [chain.url], addresses: [governor], ...options })
    expect(await asked(of({ finality }), governor, id, block)).toBe(behind(block))
    expect(await asked(of({}), governor, id, block)).toBe('known')
  })

  onSharedChain('does not call it unknown: GovBase', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    await council.propose(0, 'proposeAddBlacklist', council.stranger)
    const block = await chain.client.getBlockNumber()
    expect(await asked(govBaseReader(chain.url, [council], { finality }), council.address, '1', block)).toBe(
      behind(block),
    )
    expect(await asked(govBaseReader(chain.url, [council]), council.address, '1', block)).toBe('known')
  })

  onSharedChain('does not call it unknown: upgrade-entrypoint', async ({ chain }) => {
    const contract = await deployEntrypoint(chain)
    const block = await contract.announce('v2', 1_000_000)
    const id = `announced-${block}`
    expect(await asked(entrypointReader(chain.url, [contract], { finality }), contract.address, id, block)).toBe(
      behind(block),
    )
    expect(await asked(entrypointReader(chain.url, [contract]), contract.address, id, block)).toBe('known')
  })

  onWemix('does not call it unknown: WEMIX', async ({ chain }) => {
    const { registry, ballots, changeEnv } = await chain.wemix()
    const id = await changeEnv('blockCreationTime', [2000n])
    const block = await chain.client.getBlockNumber()
    expect(await asked(wemixReader({ urls: [chain.url], registry, finality: 1 }), ballots, id, block)).toBe(
      behind(block),
    )
    expect(await asked(wemixReader({ urls: [chain.url], registry }), ballots, id, block)).toBe('known')
  })
})
