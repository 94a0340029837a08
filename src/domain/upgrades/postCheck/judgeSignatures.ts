import { early, failed, passed, patienceMs, type PostCheck, settledAfter, unknown } from './postCheck.js'

/**
 * Whether a validator signed a block: `missed` if it is a validator of that block and did not sign, `outside` if it is
 * not a validator of that block.
 */
export type BlockSignature = 'signed' | 'missed' | 'outside'

export interface SignatureFacts {
  /** The validator's address as configured. */
  readonly validator: string
  /**
   * The known blocks after the height, in their order, up to the first one that is signed: ten of them, and if none is
   * signed, the newest ones.
   */
  readonly seen: readonly { readonly height: bigint; readonly signature: BlockSignature }[]
  /** Why the next block is not known. */
  readonly problem?: string
  /** Milliseconds since the first check was requested. */
  readonly waitedMs: number
}

/** Number of blocks after the height that are checked. */
export const mostSignatures = Number(settledAfter)

/**
 * Judges whether the operator's validator signs blocks of the new binary. A vote may come too late for one block, so
 * the check fails only after ten missed blocks in a row and after the time that a node needs to switch.
 */
export function judgeSignatures({ validator, seen, problem, waitedMs }: SignatureFacts): PostCheck {
  const signed = seen.find(({ signature }) => signature === 'signed')
  if (signed !== undefined) {
    const before = signed.height - (seen[0]?.height ?? signed.height)
    const which = before === 0n ? 'the first one after the height' : `number ${before + 1n} after the height`
    return passed('signature', `Block ${signed.height}, ${which}, is signed by ${validator}.`)
  }
  const [first, last] = [seen[0], seen.slice(0, mostSignatures).at(-1)]
  const isPatient = waitedMs < patienceMs
  if (problem !== undefined) {
    const untold = `Whether ${validator} signs is not known: ${problem.endsWith('.') ? problem : `${problem}.`}`
    return isPatient ? early('signature', untold) : unknown('signature', untold, 'Check its signatures by hand.')
  }
  if (first === undefined || last === undefined)
    return early('signature', `Whether ${validator} signs is not known yet.`)
  const missed = seen.filter(({ signature }) => signature === 'missed').length
  const blocks =
    first === last ? `Block ${first.height} is not` : `None of the blocks ${first.height} to ${last.height} is`
  const reason = `${blocks} signed by ${validator}`
  if (missed >= mostSignatures && !isPatient)
    return failed(
      'signature',
      `${reason}, which is one of their validators.`,
      'Check that the node is synced, has peers and reaches its signer. Never start a second one with the same key.',
    )
  if (last.signature === 'outside')
    return unknown(
      'signature',
      `${validator} is not among the validators of block ${last.height}: it has nothing to sign.`,
      'Check whether it has left the validators or is jailed, and whether monitor.validator is the address that signs blocks, not an account.',
    )
  return early('signature', `${reason} so far.`)
}
