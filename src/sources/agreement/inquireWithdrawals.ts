import { firstValueFrom, type Observable, of, timeout } from 'rxjs'
import { type Head, isSameBlock } from '../../domain/blocks/head.js'
import { defined } from '../../domain/defined.js'
import { isSure } from '../../domain/upgrades/isStillDue.js'
import { isActive, keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import type { UnvouchedReading } from '../governance/GovernanceReader.js'
import type { ReaderTraits } from '../governance/ReaderTraits.js'
import { mapLimited } from '../http/mapLimited.js'
import { askWitnesses, type Testimony } from './askWitnesses.js'
import { askForBlock } from './confirmHeight.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { oncePast } from './oncePast.js'
import { nothingHeard, type Verdict } from './quorum.js'
import { type Claim, claimKey, isUndecided, standsIn, type Withdrawal, withdrawalsIn } from './withdrawals.js'

/**
 * What the nodes say about a withdrawal. `denied`: enough of them report that the proposal stands. `contradicted`: one
 * of them does not say so, either. `unasked`: others came first in this reading.
 */
type Answer = 'confirmed' | 'denied' | 'contradicted' | 'unheard' | 'unasked'

/** A withdrawal that is not confirmed. */
export interface Doubt {
  readonly withdrawal: Withdrawal
  readonly answer: Exclude<Answer, 'confirmed'>
}

/** Returns the withdrawals of a reading that `agreement` nodes do not confirm. */
export type Inquiry = (told: UnvouchedReading) => Promise<readonly Doubt[]>

// Number of withdrawals that are asked about at the same time. Each asks every node.
const atOnce = 4
// Maximum number of undecided withdrawals that are asked about in one reading, and the time after which nothing more is
// asked, in milliseconds. Anybody may propose, and many votes may end in one block: to ask about all of them would
// overload the nodes and delay the reading.
const mostUndecided = 20
const longestMs = 6_000
// How long a confirmed claim need not be asked about again, in milliseconds, if its reading was not used.
const confirmedMs = 600_000

/**
 * Returns a function that begins the inquiry of one reading. Within a reading, each claim is asked about once, also if
 * several endpoints make it. What was not asked about for lack of time or room comes first in the next reading. What
 * was confirmed counts there, too: otherwise a reading with more claims than one inquiry has room for would never be
 * used.
 */
export function createInquiries(options: CrossCheckOptions, traits: ReaderTraits): () => Inquiry {
  const { known, now } = options
  const lastAsked = new Map<ProposalKey, number>()
  const confirmedAt = new Map<ReturnType<typeof claimKey>, number>()
  let asked = 0

  const inTurn = (withdrawals: readonly Withdrawal[]): readonly Withdrawal[] => {
    const keys = new Set(withdrawals.map(({ proposal }) => keyOf(proposal)))
    for (const key of lastAsked.keys()) if (!keys.has(key)) lastAsked.delete(key)
    const claims = new Set(withdrawals.map(claimKey))
    for (const [claim, time] of confirmedAt)
      if (!claims.has(claim) || now() - time >= confirmedMs) confirmedAt.delete(claim)
    const turnOf = ({ proposal }: Withdrawal): number => lastAsked.get(keyOf(proposal)) ?? 0
    return [...withdrawals].sort((a, b) => Number(isUndecided(a)) - Number(isUndecided(b)) || turnOf(a) - turnOf(b))
  }

  return () => {
    // The time counts from the first question, because the reading itself may take longer than all questions may.
    let begun: number | undefined
    const answers = new Map<string, Promise<Answer>>()
    let undecided = 0
    const answerTo = (withdrawal: Withdrawal, told: UnvouchedReading): Promise<Answer> => {
      const before = answers.get(claimKey(withdrawal))
      if (before !== undefined) return before
      if (confirmedAt.has(claimKey(withdrawal))) return Promise.resolve('confirmed')
      begun ??= now()
      if (now() - begun >= longestMs || (isUndecided(withdrawal) && undecided >= mostUndecided))
        return Promise.resolve('unasked')
      if (isUndecided(withdrawal)) undecided += 1
      lastAsked.set(keyOf(withdrawal.proposal), ++asked)
      const answer = askNodes(withdrawal, told, options, traits)
      answers.set(claimKey(withdrawal), answer)
      return answer
    }
    return async (told) => {
      const all = await mapLimited(inTurn(withdrawalsIn(told, known(), traits)), atOnce, async (withdrawal) => ({
        withdrawal,
        answer: await answerTo(withdrawal, told),
      }))
      for (const { withdrawal, answer } of all)
        if (answer === 'confirmed')
          confirmedAt.set(claimKey(withdrawal), confirmedAt.get(claimKey(withdrawal)) ?? now())
      return all.flatMap(({ withdrawal, answer }) => (answer === 'confirmed' ? [] : [{ withdrawal, answer }]))
    }
  }
}

async function askNodes(
  withdrawal: Withdrawal,
  told: UnvouchedReading,
  options: CrossCheckOptions,
  traits: ReaderTraits,
): Promise<Answer> {
  const { proposal, claim } = withdrawal
  const { at, backlog = 0n } = told
  // A later portion may contain the proposal again, so only the branch is confirmed. The last portion decides.
  if (claim === 'gone' && backlog > 0n) return (await isOnBranchOf(at, options)) ? 'confirmed' : 'contradicted'
  const { witnesses, agreement, scheduler } = options
  const recent = blocksBelow(at)
  const reached = reachedFor(withdrawal, at, recent)
  const isOnce = claim === 'gone' && traits.repeatsRemovals === false
  const current = createBasis(at, reached, isOnce, options)
  // With finality below the head, a node that has the block may still answer for an older one, when the vote went on.
  const isOutdated = ({ proposal: answer }: Testimony): boolean =>
    answer !== undefined && answer.status === claim && isActive(answer) && answer.readAt < reached
  const isFor = (one: Testimony): boolean => supports(one, claim, traits) && !isOutdated(one)
  const agreeing = (heard: readonly Testimony[]): number => heard.filter(isFor).length
  const ask = (asked: Pick<Proposal, 'contract' | 'id' | 'origin'>): Promise<readonly Testimony[]> =>
    askWitnesses(
      witnesses.map((witness) =>
        oncePast(witness, isOnce ? 0n : reached, (answer) =>
          answerSupports(answer, claim, traits) ? reached : current(),
        ),
      ),
      asked,
      { isEnough: (answers) => agreeing(answers) >= agreement, ...defined({ scheduler }) },
    )
  const { contract, id } = proposal
  const origin = (claim === 'gone' ? standingBefore(proposal, told, options) : undefined) ?? proposal.origin
  const placed = await ask({ contract, id, ...defined({ origin }) })
  // On another branch the proposal may be in another block, and a node may have named a wrong one.
  const isMisplaced =
    claim !== 'gone' && traits.deletesProposals !== true && origin !== undefined && placed.some(knowsNone)
  const heard = isMisplaced && agreeing(placed) < agreement ? await ask({ contract, id }) : placed
  if (agreeing(heard) >= agreement) return 'confirmed'
  const denying = heard.filter((one) => denies(one, withdrawal))
  if (denying.length >= agreement) return 'denied'
  const isContradicted = heard.some(
    (one) => one.hasFailed !== true && !supports(one, claim, traits) && isSure(one.proposal),
  )
  return isContradicted ? 'contradicted' : 'unheard'
}

function knowsNone({ hasFailed, proposal }: Testimony): boolean {
  return hasFailed !== true && proposal === undefined
}

/** True if a node reports that the proposal stands. Before the height of a plan, each says that it was not applied. */
function denies({ proposal: answer }: Testimony, { proposal, isKnown, claim }: Withdrawal): boolean {
  return isKnown && claim !== 'applied' && standsIn(answer, proposal)
}

/**
 * Returns the block that a node must have to know. Before its height, every node says that a plan was not carried out;
 * long after it, the blocks of the height are pruned.
 */
function reachedFor({ proposal, isKnown, claim }: Withdrawal, at: Head, recent: bigint): bigint {
  const height = isKnown && claim === 'applied' ? proposal.finding?.plan.height : undefined
  if (height === undefined) return proposal.readAt < at.number ? proposal.readAt : at.number
  const due = BigInt(height)
  return due > recent ? due : recent
}

/**
 * Returns where the announcement was made that stood when this one was made, if one is known. A node that hides it
 * reports this one as a plan of its own, and so does every node that reads only from this one on.
 */
function standingBefore(
  { contract, origin: place }: Pick<Proposal, 'contract' | 'origin'>,
  { proposals = [], retracted = [] }: UnvouchedReading,
  { known }: CrossCheckOptions,
): Proposal['origin'] {
  const others = [...known().proposals.values()].filter((one) => !retracted.includes(keyOf(one)))
  return [...others, ...proposals]
    .filter((one) => one.announced === true && one.contract === contract && one.carriedOut !== true)
    .flatMap(({ origin }) => origin ?? [])
    .filter(({ block }) => place !== undefined && block < place.block)
    .reduce<Proposal['origin']>((last, one) => (last === undefined || one.block > last.block ? one : last), undefined)
}

/** True if `agreement` nodes have this block. */
async function isOnBranchOf(at: Head, options: CrossCheckOptions): Promise<boolean> {
  const problemOf = (block: Head) => (isSameBlock(block, at) ? undefined : 'It is on another branch.')
  const { isAgreed } = await firstValueFrom(askForNumber(at.number, options, problemOf), { defaultValue: nothingHeard })
  return isAgreed
}

/**
 * Returns the function that gives the block that a node must have to contradict a withdrawal. A node may claim a block
 * of the far future, and be believed while others are down; those that contradict it do not have that block, nor the
 * one at which the proposal was read then. A removal that is reported only once is believed if nobody contradicts it,
 * so there a node counts as one that has stopped only if `agreement` others have gone on.
 */
function createBasis(
  at: Head,
  reached: bigint,
  isOnce: boolean,
  options: CrossCheckOptions,
): () => bigint | Promise<bigint> {
  const { head: last = at } = options.known()
  const recent = blocksBelow(last.number < at.number ? last : at)
  const current = recent > reached ? recent : reached
  if (!isOnce) return () => current
  const verdict$ = askForNumber(current, options).pipe(
    timeout({ first: blockMs, with: () => of(nothingHeard), ...defined({ scheduler: options.scheduler }) }),
  )
  let basis: Promise<bigint> | undefined
  return () =>
    (basis ??= firstValueFrom(verdict$, { defaultValue: nothingHeard }).then(({ isAgreed }) =>
      isAgreed ? current : 0n,
    ))
}

// Maximum wait for that block, in milliseconds: shorter than the wait for the answers, because a node may hang.
const blockMs = 1_000

function askForNumber(
  number: bigint,
  { witnesses, agreement }: CrossCheckOptions,
  problemOf: (block: Head) => string | undefined = () => undefined,
): Observable<Verdict> {
  return askForBlock(number, { readers: witnesses, agreement, problemOf })
}

// A node that is more than this many blocks behind the reading has stopped, rather than that it contradicts it.
const contradictsWithin = 64n

function blocksBelow({ number }: Head): bigint {
  return number > contradictsWithin ? number - contradictsWithin : 0n
}

function supports({ hasFailed, proposal }: Testimony, claim: Claim, traits: ReaderTraits): boolean {
  return hasFailed !== true && answerSupports(proposal, claim, traits)
}

function answerSupports(
  proposal: Proposal | undefined,
  claim: Claim,
  { deletesProposals = false }: ReaderTraits,
): boolean {
  if (claim === 'applied') return proposal?.finding?.applied !== undefined
  if (proposal === undefined) return claim === 'gone' || deletesProposals
  if (claim === 'gone') return false
  if (claim === 'in-doubt') return !isSure(proposal)
  if (claim === 'plan-withdrawn') return proposal.finding?.withdrawn !== undefined
  return proposal.status === claim
}
