import { describe, expect, it } from 'vitest'
import type { Member } from '../../src/sources/governance/GovernanceReader.js'
import type { BlockSignature } from '../../src/domain/upgrades/postCheck/judgeSignatures.js'
import { inspectValidator, type ValidatorReport } from '../../src/monitor/inspectValidator.js'

const ours = '0x00000000000000000000000000000000000000aB'
const { signal } = new AbortController()

type Says = (height: bigint) => BlockSignature | undefined

const failing = { readSignature: () => Promise.reject(new Error('The node is away.')) }
const listing =
  (...addresses: readonly string[]) =>
  (): Promise<readonly Member[]> =>
    Promise.resolve(addresses.map((address) => ({ address, role: 'validator' })))

/** What is said of our validator over a node that answers with `says`. */
const inspect = (says: Says, head: bigint): Promise<ValidatorReport> =>
  inspectValidator(
    {
      validator: ours,
      nodes: [{ readSignature: (height) => Promise.resolve(says(height)) }],
      head,
      readMembers: listing(),
    },
    signal,
  )

describe('inspectValidator', () => {
  it('finds a validator that signed one of the newest three blocks', async () => {
    expect(await inspect((height) => (height === 4_997n ? 'signed' : 'missed'), 5_000n)).toStrictEqual({
      summary: `${ours} (monitor.validator) signs: block 4,997`,
      isDoubtful: false,
    })
  })

  it('warns of an address that is not among the validators, or signs nothing', async () => {
    expect(await inspect(() => 'outside', 5_000n)).toStrictEqual({
      summary: `${ours} (monitor.validator) is not among the validators of block 4,999. Check that it is the address that signs blocks, not an account, and that the validator has not left and is not jailed.`,
      isDoubtful: true,
    })
    expect(await inspect(() => 'missed', 5_000n)).toStrictEqual({
      summary: `${ours} (monitor.validator) is a validator, but signed none of the 3 blocks up to block 4,999. Check that its node is synced, has peers and reaches its signer.`,
      isDoubtful: true,
    })
    expect((await inspect(() => 'missed', 2n)).summary).toContain('is a validator, but did not sign block 1. Check')
  })

  it('says why it cannot tell', async () => {
    const untold = `Whether ${ours} (monitor.validator) signs is not known:`
    expect(await inspect(() => 'signed', 0n)).toStrictEqual({
      summary: `${untold} the signatures of the newest blocks are not known yet.`,
      isDoubtful: true,
    })
    const lists = [listing(), listing(ours.toLowerCase()), () => Promise.reject(new Error('Nobody is listed.'))]
    for (const readMembers of lists)
      expect(
        await inspectValidator({ validator: ours, nodes: [failing], head: 5_000n, readMembers }, signal),
      ).toStrictEqual({ summary: `${untold} The node is away.`, isDoubtful: true })
  })

  it('warns of an address that the chain does not list, also if no node tells who signs', async () => {
    const readMembers = listing(`0x${'1'.repeat(40)}`, `0x${'2'.repeat(40)}`)
    const question = { validator: ours, nodes: [failing], head: 5_000n, readMembers }
    expect((await inspectValidator(question, signal)).summary).toBe(
      `${ours} (monitor.validator) is not among the 2 validators that the chain lists. Check that it is the address that signs blocks, not an account, and that the validator has not left and is not jailed. Whether it signs is not known: The node is away.`,
    )
  })
})
