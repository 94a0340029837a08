import { SourceError } from '../../../domain/errors.js'
import type { Answer } from '../../jsonRpc/matchAnswers.js'
import { decodeStatus, type NodeStatus } from './decodeHead.js'

/** @throws SourceError where the answer to `status` is none, or the node is still catching up with its chain. */
export function statusIn(answer: Answer | undefined, chain: string, host: string): NodeStatus {
  if (answer?.ok === false) throw answer.error
  const status = decodeStatus(answer?.result)
  if (status === undefined)
    throw new SourceError('transient', `${host} of ${chain} answered status with something that names no height.`)
  if (status.isCatchingUp)
    throw new SourceError(
      'transient',
      `${host} of ${chain} is still catching up with its chain, at block ${status.height}.`,
    )
  return status
}

/** @throws SourceError, permanent, where the node stands on another chain. */
export function checkNetwork(found: string, expected: string | undefined, chain: string, host: string): void {
  if (expected === undefined || found === expected) return
  throw new SourceError(
    'permanent',
    `${host} of ${chain} stands on chain ${found}, expected ${expected}: check rpc.urls and rpc.chainId.`,
  )
}
