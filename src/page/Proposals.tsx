import type { JSX } from 'preact'
import { countText, numberText, shareOf, shareText, shortText, timeText, words } from './format.js'
import { Empty, Moment, Said, Section, Tag } from './Parts.js'
import { type ChoiceNames, choiceNamesOf, hasAbstentions, isCouncil } from '../domain/proposals/choiceNames.js'
import { quorumCountsText, type TallyChoice } from '../domain/proposals/quorumCounts.js'
import { Unread, unreadOf } from './Unread.js'
import type { PageState, ShownProposal, ShownTally } from './state.js'
import { toneOf } from './urgency.js'

/** The proposals, open votes first, each with its tally. */
export function Proposals({ state, now }: { readonly state: PageState; readonly now: number }): JSX.Element {
  const open = state.proposals.filter(isOpen)
  const closed = state.proposals.filter((one) => !isOpen(one))
  return (
    <Section id="proposals" title="Proposals" aside={`${open.length} open`}>
      {open.length > 0 ? null : unreadOf(state).length > 0 ? (
        <Unread state={state} />
      ) : (
        <Empty>No vote is open on any chain.</Empty>
      )}
      {open.map((one) => (
        <Proposal key={one.key} proposal={one} now={now} />
      ))}
      {closed.length === 0 ? null : <h3 class="part">Closed lately</h3>}
      {closed.map((one) => (
        <Proposal key={one.key} proposal={one} now={now} />
      ))}
    </Section>
  )
}

function isOpen({ status }: ShownProposal): boolean {
  return status === 'voting' || status === 'submitted'
}

function isOverBy(votingEndsAt: string, now: number): boolean {
  return Date.parse(votingEndsAt) <= now
}

/** Returns false for a vote that was canceled or, in a council, decided: it was over before its end. */
function ranToItsEnd({ status, system }: ShownProposal): boolean {
  return status === 'expired' || (status !== 'canceled' && !isCouncil(system))
}

function Proposal({ proposal, now }: { readonly proposal: ShownProposal; readonly now: number }): JSX.Element {
  const { chain, id, title, status, type, votingEndsAt, votingEndsAtEstimated, tally, plan } = proposal
  const hasEnd = votingEndsAt !== null && (isOpen(proposal) || (isOverBy(votingEndsAt, now) && ranToItsEnd(proposal)))
  return (
    <article>
      <h3>
        <Said text={title === '' ? 'Without a title' : title} />
      </h3>
      <p class="meta">
        <Tag tone={toneOf(status)}>{words(status)}</Tag> <Said text={chain} max={40} /> · {words(type)} ·{' '}
        <span title={id}>{shortText(id)}</span>
        {!hasEnd ? null : (
          <>
            {' · '}
            {isOverBy(votingEndsAt, now) ? 'ended ' : 'ends '}
            {votingEndsAtEstimated ? 'about ' : ''}
            <Moment at={votingEndsAt} now={now} />
          </>
        )}
        {plan === null ? null : (
          <>
            {' · '}
            <Said text={plan.name} max={60} /> at{' '}
            {plan.height === null ? timeText(plan.time ?? '') : numberText(plan.height)}
          </>
        )}
      </p>
      {tally === null ? <Empty>{uncounted(status)}</Empty> : <Tally tally={tally} system={proposal.system} />}
      <Voters proposal={proposal} />
    </article>
  )
}

function Tally({ tally, system }: { readonly tally: ShownTally; readonly system: string }): JSX.Element {
  const names = choiceNamesOf(system)
  const { yes, no, abstain, veto, unit, decimals, quorum, threshold, electorate } = tally
  const parts = [
    ['yes', yes],
    ['no', no],
    ['veto', veto ?? '0'],
    ['abstain', abstain],
  ] as const
  const cast = castOf(tally)
  const decided = BigInt(yes) + BigInt(no) + BigInt(veto ?? 0)
  const wholes = [electorate, quorum].flatMap((votes) => (votes === null ? [] : [BigInt(votes)]))
  const turned = quorumText(tally, names)
  const whole = String([cast, ...wholes].reduce((most, votes) => (votes > most ? votes : most), 0n))
  const ends = parts.map((_, index) =>
    String(parts.slice(0, index + 1).reduce((sum, [, votes]) => sum + BigInt(votes), 0n)),
  )
  return (
    <div class="tally">
      <svg width="100%" height="14" aria-hidden="true">
        <rect class="ground" width="100%" y="3" height="8" rx="4" />
        {parts.map(([name, votes], index) => (
          <rect
            class={name}
            x={percent(shareOf(ends[index - 1] ?? '0', whole))}
            y="3"
            width={percent(shareOf(votes, whole))}
            height="8"
          />
        ))}
        {quorum === null || isCountedApart(tally) ? null : <Needle at={shareOf(quorum, whole)} />}
      </svg>
      <p class="counts">
        {parts
          .filter(([name]) => isShown(name, tally, system))
          .map(([name, votes]) => (
            <span class={`key ${name}`}>
              {names[name]} <b>{countText(votes, decimals)}</b>
            </span>
          ))}
        <span>
          <Said text={unit} max={30} />
        </span>
      </p>
      <p class="counts">
        {turned === '' ? null : <span>{turned}</span>}
        {threshold === null ? null : (
          <span>
            {names.yes} {shareText(shareOf(yes, String(decided)))}, more than {shareText(threshold)} needed
            {tally.thresholdMet === true ? ', met' : ''}
          </span>
        )}
      </p>
    </div>
  )
}

/** Returns false for a choice that nobody made, and that this system may not have. */
function isShown(choice: TallyChoice, { veto, abstain }: ShownTally, system: string): boolean {
  if (choice === 'veto') return veto !== null && veto !== '0'
  return choice !== 'abstain' || hasAbstentions({ abstain: BigInt(abstain) }, system)
}

function uncounted(status: string): string {
  return status === 'submitted' ? 'Voting has not started.' : 'The chain does not report a tally of this vote.'
}

function Needle({ at }: { readonly at: number }): JSX.Element {
  return <rect class="needle" x={percent(Math.min(at, 0.995))} y="0" width="2" height="14" />
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`
}

function castOf({ yes, no, veto, abstain }: ShownTally): bigint {
  return BigInt(yes) + BigInt(no) + BigInt(veto ?? 0) + BigInt(abstain)
}

/** Returns true if the votes exceed a quorum that is not reached, because not every choice counts towards it. */
function isCountedApart(tally: ShownTally): boolean {
  return tally.quorum !== null && tally.quorumReached !== true && castOf(tally) >= BigInt(tally.quorum)
}

function quorumText(tally: ShownTally, names: ChoiceNames): string {
  const { quorum, quorumReached, turnout, decimals } = tally
  const turned = turnout === null ? [] : [`turnout ${shareText(turnout)}`]
  if (quorum === null) return turned.join('')
  const counted = quorumCountsText(tally.quorumCounts, names)
  const apart = counted === '' && isCountedApart(tally) ? ': not all of these count towards it' : ''
  const wanted = `quorum ${countText(quorum, decimals)}${counted}, ${quorumReached === true ? '' : 'not '}reached${apart}`
  return [...turned, wanted].join(' · ')
}

function Voters({ proposal }: { readonly proposal: ShownProposal }): JSX.Element | null {
  const { votes, moreVotes, missing, moreMissing, key, tally } = proposal
  const names: Readonly<Partial<Record<string, string>>> = choiceNamesOf(proposal.system)
  if (votes.length === 0 && missing === null) return null
  const named = votes.reduce((sum, { weight }) => sum + BigInt(weight), 0n)
  // Votes before the first sync are counted, but their voters are unknown, except for a council.
  const isUnknown = votes.length === 0 && tally !== null && castOf(tally) > 0n
  const isPart = missing === null && moreVotes === 0 && tally !== null && castOf(tally) > named
  const count = `${isPart ? 'at least ' : ''}${votes.length + moreVotes} voted`
  const absent = missing === null ? '' : `, ${missing.length + moreMissing} missing`
  return (
    <details>
      <summary>
        {isUnknown ? 'who voted is not known' : count}
        {absent}
        <span class="unseen"> on {shortText(key)}</span>
      </summary>
      <ul class="voters">
        {votes.map(({ voter, choice, reason }) => (
          <li key={voter}>
            <span class={`key ${choice}`}>{names[choice] ?? words(choice)}</span>{' '}
            <code title={voter}>{shortText(voter)}</code> <Said text={reason} />
          </li>
        ))}
        <More count={moreVotes} what="voted" />
        {(missing ?? []).map((voter) => (
          <li key={voter}>
            <span class="key none">missing</span> <code title={voter}>{shortText(voter)}</code>
          </li>
        ))}
        <More count={moreMissing} what={moreMissing === 1 ? 'is missing' : 'are missing'} />
      </ul>
    </details>
  )
}

function More({ count, what }: { readonly count: number; readonly what: string }): JSX.Element | null {
  return count === 0 ? null : (
    <li>
      and {count} more {what}
    </li>
  )
}
