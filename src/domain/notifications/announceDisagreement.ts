import type { Announcement } from '../chainState.js'
import type { BranchSplit } from '../blocks/branchSplit.js'
import type { Disagreement } from '../proposals/disagreement.js'
import { isoOf } from '../text/time.js'
import { draftNotification } from './announcement.js'

/**
 * Announces that nodes report a proposal differently: once for each group of deviating hosts, and once if no host can
 * be named: for a plan that others do not report, and for plans that differ.
 */
export function announceDisagreement(
  { key, contract, proposalId, announced, sides, odd, about, isSettled }: Disagreement,
  { chain, time }: { readonly chain: string; readonly time: bigint },
): Announcement {
  return draftNotification({
    event: 'endpoints_disagree',
    chain,
    subject: key,
    fact: `${about}.${odd.length === 0 ? (sides.length === 1 ? 'alone' : 'split') : odd.join('+')}`,
    timestamp: isoOf(time),
    data: {
      key,
      contract,
      proposalId: announced === true ? null : proposalId,
      about,
      sides: sides.map(({ hosts, plan }) => ({ hosts, plan: plan ?? null })),
      odd,
      isSettled,
      fork: null,
      height: null,
    },
  })
}

/** Announces that nodes follow different branches: once for each height at which that was found. */
export function announceSplit(
  { height, sides, odd }: BranchSplit,
  { chain, time }: { readonly chain: string; readonly time: bigint },
): Announcement {
  return draftNotification({
    event: 'endpoints_disagree',
    chain,
    subject: chain,
    remembered: false,
    fact: `branch.${height}`,
    timestamp: isoOf(time),
    data: {
      key: null,
      contract: null,
      proposalId: null,
      about: 'branch',
      sides: sides.map(({ hosts }) => ({ hosts, plan: null })),
      odd,
      isSettled: false,
      fork: null,
      height: height.toString(),
    },
  })
}
