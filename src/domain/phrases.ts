import type { PlanFinding } from './plan.js'
import type { Tally } from './proposal.js'
import { cleanLine } from './text.js'

/** A share of one as a percentage for people. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
}

/** A count of blocks for people. */
export function blocksText(blocks: bigint | number): string {
  return `${blocks} block${Number(blocks) === 1 ? '' : 's'}`
}

/** Large counts in a short form: token votes carry eighteen decimals that nobody reads. */
export function countText(count: bigint): string {
  const text = String(count)
  if (text.length <= 12) return text.replace(/\B(?=(\d{3})+$)/g, ' ')
  return `${text.slice(0, 1)}.${text.slice(1, 4)}e${text.length - 1}`
}

/** The tally in one line: counts, quorum and turnout as far as the chain tells them. */
export function tallyLine({ yes, no, abstain, veto, quorum, quorumMissing, quorumReached, turnout }: Tally): string {
  const cast = yes + no + abstain + (veto ?? 0n)
  const share = (part: bigint): string => (cast === 0n ? '0 %' : percent(Number((part * 10_000n) / cast) / 10_000))
  return [
    `For ${share(yes)} (${countText(yes)}), against ${share(no)} (${countText(no)}), abstain ${share(abstain)} (${countText(abstain)})`,
    ...(veto === undefined ? [] : [`veto ${share(veto)} (${countText(veto)})`]),
    ...(quorum === undefined ? [] : [`quorum ${countText(quorum)}${quorumReached === undefined ? '' : quorumReached ? ' reached' : missingText(quorumMissing)}`]),
    ...(turnout === undefined ? [] : [`turnout ${percent(turnout)}`]),
  ].join(', ')
}

function missingText(missing: bigint | undefined): string {
  return missing === undefined ? ' not reached' : ` not reached, ${countText(missing)} missing`
}

/** The plan in one line, with what is wrong with it. */
export function planLine({ plan, problems }: PlanFinding): string {
  const name = cleanLine(plan.name, 128) || '(no name)'
  return `Plan: ${name} at height ${plan.height}${problems.length === 0 ? '' : `; not usable: ${problems.join(' ')}`}`
}
