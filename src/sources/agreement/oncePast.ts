import { SourceError } from '../../domain/errors.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'

/**
 * Returns the witness. It fails while its node does not have the block at `height`, unless that is 0, or the one that
 * its answer must be based on.
 */
export function oncePast(
  witness: GovernanceReader,
  height: bigint,
  basisOf: (answer: Proposal | undefined) => bigint | Promise<bigint>,
): GovernanceReader {
  async function requireBlock(number: bigint, signal: AbortSignal): Promise<void> {
    if ((await witness.readBlock(number, signal)) !== undefined) return
    throw new SourceError(
      'transient',
      `${witness.host ?? 'A node'} of ${witness.chain} does not have block ${number} yet.`,
    )
  }
  return {
    ...witness,
    async readProposal(contract, id, signal, near) {
      if (height > 0n) await requireBlock(height, signal)
      // The node and the server that reports the proposal may be separate, so the server must have that block, too.
      const answer = await witness.readProposal(contract, id, signal, witness.system === 'cosmos' ? height : near)
      const basis = await basisOf(answer)
      if (basis > height) await requireBlock(basis, signal)
      return answer
    },
  }
}
