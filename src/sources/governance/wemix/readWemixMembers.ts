import { type Hex, isAddress, isHex } from 'viem'
import { z } from 'zod'
import { cleanLine } from '../../../domain/text/text.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { Member } from '../GovernanceReader.js'
import { govAbi } from './abi.js'
import { idsBetween } from './idsBetween.js'
import { readMemberCount } from './readMemberCount.js'
import { readText } from './readText.js'
import type { Survey } from './survey.js'
import { wholePower } from './tallyOf.js'

const address = z.string().refine((text) => isAddress(text))
const bytes = z.string().refine((text) => isHex(text))
const nodeSchema = z.tuple([bytes, bytes, bytes, z.bigint()])

/**
 * The members, each of which runs a node that makes blocks, and who votes for them where that is another address.
 * The weight of a vote is what it would count now.
 */
export async function readWemixMembers({
  place: { client },
  block,
  contracts: { gov },
}: Survey): Promise<readonly Member[]> {
  const length = await readMemberCount(client, gov, block)
  const indices = idsBetween(1n, length)
  const answers = await readCalls(
    client,
    indices.flatMap((index) =>
      (['getMember', 'getVoter', 'getNode'] as const).map((functionName) => ({
        address: gov,
        abi: govAbi,
        functionName,
        args: [index],
      })),
    ),
    block,
  )
  const weight = length === 0n ? 0n : wholePower / length
  return indices.flatMap((_, at): readonly Member[] => {
    const [staker, voter, node] = answers
      .slice(at * 3, at * 3 + 3)
      .map((answer) => (answer.ok ? answer.value : undefined))
    const member = address.safeParse(staker)
    if (!member.success) return []
    const name = nameIn(node)
    const votes = address.safeParse(voter)
    return [
      {
        address: member.data,
        role: 'validator',
        ...(votes.data === member.data && { weight }),
        ...(name !== '' && { name }),
      },
      ...(votes.success && votes.data !== member.data ? [{ address: votes.data, weight, role: 'voter' } as const] : []),
    ]
  })
}

function nameIn(node: unknown): string {
  const parsed = nodeSchema.safeParse(node)
  const name: Hex | undefined = parsed.success ? parsed.data[0] : undefined
  return name === undefined ? '' : cleanLine(readText(name), 60)
}
