import { amountText, countText } from '../domain/notifications/phrases.js'
import { consensusAddressOf } from '../domain/upgrades/postCheck/consensusAddress.js'
import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'
import { readSignatures, type SignatureNode, type SignaturesSeen } from './postCheck/readSignatures.js'

/** Whether the operator's validator signs blocks now. */
export interface ValidatorReport {
  readonly summary: string
  /** True if it does not sign, or nobody can tell. */
  readonly isDoubtful: boolean
}

interface ValidatorQuestion {
  /** The address of `monitor.validator`. */
  readonly validator: string
  readonly nodes: readonly SignatureNode[]
  /** The newest block of the first node that answers, 0 if none does. */
  readonly head: bigint
  /** Reads who validates. It shows a mistyped address even if no node tells who signs. */
  readonly readMembers: GovernanceReader['readMembers']
}

// Number of blocks that are read, because a vote may arrive too late for one block.
const blocks = 3n

/**
 * Reads whether the operator's validator signed one of the newest blocks, so that a wrong address is found before the
 * check after an upgrade needs it. Rejects only if `signal` aborts.
 */
export async function inspectValidator(
  { validator, nodes, head, readMembers }: ValidatorQuestion,
  signal: AbortSignal,
): Promise<ValidatorReport> {
  const address = consensusAddressOf(validator)
  const heights = newestOf(head)
  const seen = address === undefined ? noAddress : await readSignatures({ nodes, address, heights }, signal)
  const listed = seen.seen.length > 0 ? [] : await readMembers(signal).catch(() => [])
  signal.throwIfAborted()
  const listedAs = listed.flatMap((one) => (one.role === 'validator' ? (consensusAddressOf(one.address) ?? []) : []))
  const isListed = listedAs.length === 0 || address === undefined || listedAs.includes(address)
  return reportOf(validator, seen, isListed ? undefined : listedAs.length)
}

const noAddress: SignaturesSeen = { seen: [], problem: 'it is not a consensus address.' }

/** The head is left out, because its signatures do not exist yet. */
function newestOf(head: bigint): readonly bigint[] {
  return Array.from({ length: Number(blocks) }, (_, at) => head - 1n - BigInt(at)).filter((height) => height > 0n)
}

const todo =
  'Check that it is the address that signs blocks, not an account, and that the validator has not left and is not jailed.'

/** `others` is the number of validators that the chain lists without this one. */
function reportOf(validator: string, { seen, problem }: SignaturesSeen, others?: number): ValidatorReport {
  const last = seen.at(-1)
  if (last === undefined) {
    const why = problem ?? 'the signatures of the newest blocks are not known yet.'
    if (others !== undefined)
      return {
        summary: `${validator} (monitor.validator) is not among the ${amountText(others, 'validator')} that the chain lists. ${todo} Whether it signs is not known: ${why}`,
        isDoubtful: true,
      }
    return { summary: `Whether ${validator} (monitor.validator) signs is not known: ${why}`, isDoubtful: true }
  }
  const newest = `block ${countText(seen[0]?.height ?? last.height)}`
  if (last.signature === 'signed')
    return { summary: `${validator} (monitor.validator) signs: block ${countText(last.height)}`, isDoubtful: false }
  if (last.signature === 'outside')
    return {
      summary: `${validator} (monitor.validator) is not among the validators of ${newest}. ${todo}`,
      isDoubtful: true,
    }
  const unsigned =
    seen.length === 1 ? `did not sign ${newest}` : `signed none of the ${seen.length} blocks up to ${newest}`
  return {
    summary: `${validator} (monitor.validator) is a validator, but ${unsigned}. Check that its node is synced, has peers and reaches its signer.`,
    isDoubtful: true,
  }
}
