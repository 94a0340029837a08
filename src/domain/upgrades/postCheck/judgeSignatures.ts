import { early, failed, passed, patienceMs, type PostCheck, settledAfter, unknown } from './postCheck.js'

/**
 * Whether a validator signed a block: `missed` where it is one of the validators of that block and did not, `outside`
 * where it is none of them.
 */
export type BlockSignature = 'signed' | 'missed' | 'outside'

export interface SignatureFacts {
  /** As it is configured. */
  readonly validator: string
  /**
   * What is known of the blocks after the height, in their order, up to the first one that is signed: ten, and where
   * none of these is, the newest ones.
   */
  readonly seen: readonly { readonly height: bigint; readonly signature: BlockSignature }[]
  /** Why nothing is known of the block that comes next. */
  readonly problem?: string
  /** Since the first look was asked for, in milliseconds. */
  readonly waitedMs: number
}

/** Blocks after the height that are looked at. */
export const mostSignatures = Number(settledAfter)

/**
 * Whether our validator signs what the new binary makes. A vote may come too late for one block, so that it fails takes
 * ten blocks in a row that miss it though it is one of their validators, and the time that a node takes to switch.
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
    return isPatient ? early('signature', untold) : unknown('signature', untold, 'Look at its signatures by hand.')
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
      'Look whether the node is synced, has peers and reaches its signer. Never start a second one with the same key.',
    )
  if (last.signature === 'outside')
    return unknown(
      'signature',
      `${validator} is not among the validators of block ${last.height}: it has nothing to sign.`,
      'Look whether it is jailed, and whether monitor.validator is its consensus address.',
    )
  return early('signature', `${reason} so far.`)
}
