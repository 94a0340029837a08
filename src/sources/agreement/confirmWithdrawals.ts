import { SourceError } from '../../domain/errors.js'
import { isOpen, keyOf, type ProposalKey } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import type { GovernanceReader, ReadRequest, UnvouchedReading } from '../governance/GovernanceReader.js'
import type { ReaderTraits } from '../governance/ReaderTraits.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { createInquiries, type Doubt, type Inquiry } from './inquireWithdrawals.js'
import { settleDoubts } from './settleDoubts.js'
import { type Claim, claimText, subjectText, type Withdrawal, withoutDoubt } from './withdrawals.js'
import { type HeldWithdrawal, type KnownWithdrawal, withoutWithdrawals } from './withoutWithdrawals.js'

/**
 * Wraps a reader so that a proposal is removed, and an upgrade that can still be carried out is withdrawn, only if
 * `agreement` nodes report it so: that a reorg removed the proposal, that it did not pass or no longer counts as
 * passed, that another proposal cancelled its plan, or that the node cannot tell. A single node may follow another
 * branch or lie, and a proposal that is reported as over is not read again, so its upgrade would be missed.
 *
 * If another node contradicts it, the reading counts as failed at its endpoint and the next endpoint is read. If too
 * few nodes answer, or the endpoints contradict each other, only this proposal waits: it keeps its status, its plan is
 * marked as unsure unless `agreement` nodes report that it stands, and the rest of the reading is used. The next
 * reading reports it again, also after a restart, because its proposal is still open. Where it would not be reported
 * again, the whole reading fails, or without an upgrade the removal is believed. At most twenty ends of votes and
 * removals are asked about in one reading; the others wait for their turn, and where they would not be reported again,
 * the reading waits with them. A node that is behind the block at which the
 * proposal was last read confirms nothing, because it does not know the proposal yet, or knows it as it was before.
 */
export function confirmWithdrawals(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  const { agreement } = options
  const { traits = {} } = reader
  const beginInquiry = createInquiries(options, traits)
  const ownDoubts = traits.doubts === 'own'
  const isHoldable = (withdrawal: Withdrawal): withdrawal is KnownWithdrawal =>
    withdrawal.isKnown && isReportedAgain(withdrawal, traits)
  /** What has been warned about. */
  const reported = new Map<ProposalKey, Claim>()

  async function readWhere(
    accepts: (doubt: Doubt) => boolean,
    ask: Inquiry,
    request: ReadRequest,
  ): Promise<GoodReading> {
    let doubts: readonly Doubt[] = []
    let host: string | undefined
    const reading = await reader.read({
      ...request,
      async vouch(told) {
        doubts = await ask(told)
        host = told.host
        const refused = doubts.find((doubt) => !accepts(doubt))
        if (refused !== undefined) throw unconfirmed(refused, told, agreement)
        await request.vouch?.(told)
      },
    })
    const held = heldIn(doubts, isHoldable)
    const news = held.filter(({ proposal, claim }) => reported.get(keyOf(proposal)) !== claim)
    for (const proposal of reading.proposals) reported.delete(keyOf(proposal))
    for (const { proposal, claim } of held) reported.set(keyOf(proposal), claim)
    if (held.length === 0) return reading
    return {
      ...withoutWithdrawals(reading, held, agreement),
      warnings: [...reading.warnings, ...news.map((one) => heldText(one, host, agreement))],
    }
  }

  // Without an upgrade there is nothing to miss, so no reading fails for what the nodes do not agree on.
  const mayPass = ({ withdrawal, answer }: Doubt): boolean =>
    isHoldable(withdrawal) ||
    withdrawal.claim === 'in-doubt' ||
    (withdrawal.upgrade === undefined && answer !== 'unasked')

  return {
    ...reader,
    async read(given) {
      const request = { ...given, open: ownDoubts ? given.open : given.open.map(withoutDoubt) }
      const ask = beginInquiry()
      let mayHold = false
      const isUncontradicted = (doubt: Doubt): boolean => {
        if (!mayPass(doubt)) return false
        const isContradicted = doubt.answer === 'contradicted' || doubt.answer === 'denied'
        mayHold ||= isContradicted
        return !isContradicted
      }
      const reading = await readWhere(isUncontradicted, ask, request).catch((cause: unknown) => {
        if (!mayHold || request.signal.aborted) throw cause
        return readWhere(mayPass, ask, request)
      })
      return ownDoubts ? reading : settleDoubts(reading, given.open, options)
    },
  }
}

/** Returns the withdrawals that are left out. A doubt of the node itself stays as it says, until that is denied. */
function heldIn(
  doubts: readonly Doubt[],
  isHoldable: (withdrawal: Withdrawal) => withdrawal is KnownWithdrawal,
): readonly HeldWithdrawal[] {
  return doubts
    .map(({ withdrawal, answer }) => ({ withdrawal, isDenied: answer === 'denied' }))
    .filter(({ withdrawal: { claim }, isDenied }) => isDenied || claim !== 'in-doubt')
    .flatMap(({ withdrawal, isDenied }) => (isHoldable(withdrawal) ? [{ ...withdrawal, isDenied }] : []))
}

/** True if the reader reports the withdrawal in each reading until it is believed. */
function isReportedAgain(
  { claim, proposal }: KnownWithdrawal,
  { repeatsEnds = 'while_open', repeatsRemovals = true }: ReaderTraits,
): boolean {
  if (claim === 'gone' && !repeatsRemovals) return false
  return repeatsEnds === 'always' || (repeatsEnds === 'while_open' && isOpen(proposal))
}

function unconfirmed(
  { withdrawal, answer }: Doubt,
  { host = 'A node' }: UnvouchedReading,
  agreement: number,
): SourceError {
  if (answer === 'unasked')
    return new SourceError(
      'transient',
      `${saidBy(host, withdrawal)}, and the other nodes have not been asked yet: it is read again.`,
    )
  return new SourceError(
    'transient',
    `${claimedBy(host, withdrawal, agreement)}: nothing of it is believed until they do. Compare the newest blocks of the nodes in rpc.urls.`,
  )
}

function heldText(withdrawal: HeldWithdrawal, host = 'A node', agreement: number): string {
  if (withdrawal.isDenied)
    return `${claimedBy(host, withdrawal, agreement)}: it is ignored, because ${agreement} nodes report otherwise. Check the nodes in rpc.urls.`
  const rest = withdrawal.upgrade === undefined ? '' : ', and its plan is not acted on'
  return `${claimedBy(host, withdrawal, agreement)}: the proposal keeps its status until they do${rest}. Check the other nodes in rpc.urls.`
}

function claimedBy(host: string, withdrawal: Withdrawal, agreement: number): string {
  return `${saidBy(host, withdrawal)}, and fewer than ${agreement} nodes say so`
}

function saidBy(host: string, withdrawal: Withdrawal): string {
  const { proposal, claim } = withdrawal
  return `${host} of ${proposal.chain} says that ${subjectText(withdrawal)} ${claimText(claim)}`
}
