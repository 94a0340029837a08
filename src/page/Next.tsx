import type { JSX } from 'preact'
import { upgradeStatusText } from '../domain/upgrades/upgradeStatusText.js'
import { countdownText, fromNow, numberText, timeText, words } from './format.js'
import { Empty, Moment, Said, Section, Tag } from './Parts.js'
import { placeOf } from './placeOf.js'
import { Unread, unreadOf } from './Unread.js'
import type { PageState, ShownUpgrade } from './state.js'
import { toneOf, urgencyOf } from './urgency.js'

interface Shown {
  readonly state: PageState
  readonly now: number
}

/** Returns the upgrade to show: one in progress, or else the next one, by time if that is known. */
function nextOf({ upgrades }: PageState): ShownUpgrade | undefined {
  const ahead = upgrades.filter(({ status }) => status === 'scheduled')
  const byTime = ahead.flatMap((one) => (one.eta === null ? [] : [{ one, eta: Date.parse(one.eta) }]))
  return (
    upgrades.find(({ status }) => status === 'in_progress') ??
    byTime.sort((a, b) => a.eta - b.eta)[0]?.one ??
    ahead[0] ??
    upgrades.find(({ status }) => status === 'pending')
  )
}

// Maximum number of upgrades shown that did not take place.
const mostTroubled = 3

/** Returns the upgrades that failed or were refused and are still the first concern of their chain. */
function troubledOf({ chains, upgrades }: PageState): readonly ShownUpgrade[] {
  const concerns = new Set(chains.map(({ nextUpgrade }) => nextUpgrade?.key))
  return upgrades
    .filter(({ key, status }) => (status === 'failed' || status === 'refused') && concerns.has(key))
    .slice(0, mostTroubled)
}

/**
 * Shows the next upgrade and the time left, as large as the screen allows, and before it those that failed or were
 * refused.
 */
export function Next({ state, now }: Shown): JSX.Element {
  const next = nextOf(state)
  const last = next === undefined ? [] : [next]
  const shown = next?.status === 'in_progress' ? [next, ...troubledOf(state)] : [...troubledOf(state), ...last]
  if (shown.length > 0)
    return (
      <>
        {shown.map((upgrade, at) => (
          <Concern id={at === 0 ? 'next' : `next-${at}`} upgrade={upgrade} state={state} now={now} />
        ))}
      </>
    )
  return (
    <Section id="next" title="Next upgrade">
      <p class="nothing">{unreadOf(state).length > 0 ? 'Not known yet' : 'Nothing is scheduled'}</p>
      {unreadOf(state).length > 0 ? (
        <Unread state={state} />
      ) : (
        <Empty>An upgrade appears here when its vote has passed, with the time at which its height is expected.</Empty>
      )}
    </Section>
  )
}

const labels: Readonly<Record<string, string>> = {
  in_progress: 'Upgrade in progress',
  failed: 'Failed upgrade',
  refused: 'Refused upgrade',
}

function Concern({
  id,
  upgrade,
  state,
  now,
}: Shown & { readonly id: string; readonly upgrade: ShownUpgrade }): JSX.Element {
  const { name, chain, status, time, blocksLeft, eta, reasons } = upgrade
  const isAhead = status === 'scheduled' || status === 'pending'
  const tone = !isAhead ? 'urgent' : eta === null ? 'calm' : urgencyOf(eta, now)
  return (
    <section id={id} class={`next ${tone}`} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        <span class="label">
          {status === 'pending' ? `Next upgrade, ${upgradeStatusText(upgrade)}` : (labels[status] ?? 'Next upgrade')}
        </span>
        <Said text={name} /> <span class="on">on</span> <Said text={chain} />
      </h2>
      <Countdown upgrade={upgrade} now={now} />
      {isAhead ? <Stale state={state} upgrade={upgrade} now={now} /> : null}
      <dl class="facts">
        <div>
          <dt>{time === null ? 'Height' : 'Time'}</dt>
          <dd>{placeOf(upgrade) ?? 'not known'}</dd>
        </div>
        {time === null && isAhead ? (
          <div>
            <dt>Blocks left</dt>
            <dd>{blocksLeft === null ? 'not known' : numberText(blocksLeft)}</dd>
          </div>
        ) : null}
        <div>
          <dt>Status</dt>
          <dd>
            <Tag tone={toneOf(status)}>{upgradeStatusText(upgrade)}</Tag>
          </dd>
        </div>
        <Readiness state={state} upgrade={upgrade} now={now} />
      </dl>
      {reasons.map((reason) => (
        <p class="reason">
          <Said text={reason} max={600} />
        </p>
      ))}
    </section>
  )
}

function Countdown({ upgrade: { eta, band, status, time }, now }: { upgrade: ShownUpgrade; now: number }): JSX.Element {
  if (status === 'in_progress') return <p class="countdown">{time === null ? 'Height reached' : 'Time reached'}</p>
  if (status === 'failed' || status === 'refused')
    return <p class="countdown">{status === 'failed' ? 'Failed' : 'Refused'}</p>
  if (eta === null)
    return (
      <>
        <p class="countdown">--:--:--</p>
        <p class="band">The pace of the blocks is not known yet.</p>
      </>
    )
  return (
    <>
      <p class="countdown" role="timer">
        {countdownText(eta, now)}
      </p>
      <p class="band">
        Expected <time datetime={eta}>{timeText(eta, true)}</time>
        {time !== null ? null : band === null || band.earliest === band.latest ? (
          <>, steady pace</>
        ) : (
          <>
            , between {timeText(band.earliest)} <span class="whole">({fromNow(band.earliest, now)})</span> and{' '}
            {timeText(band.latest)} <span class="whole">({fromNow(band.latest, now)})</span>
          </>
        )}
      </p>
    </>
  )
}

/** The note that the countdown runs by the clock alone. */
function Stale({ state, upgrade, now }: Shown & { readonly upgrade: ShownUpgrade }): JSX.Element | null {
  const chain = state.chains.find((one) => one.chain === upgrade.chain)
  if (chain === undefined || (chain.health !== 'down' && chain.health !== 'stalled')) return null
  return (
    <p class="warning">
      <Said text={chain.chain} max={60} /> is {words(chain.health)}
      {chain.lastGoodPoll === null ? null : (
        <>
          , read <Moment at={chain.lastGoodPoll} now={now} />
        </>
      )}
      . The countdown is as of then.
    </p>
  )
}

function Readiness({ state, upgrade, now }: Shown & { readonly upgrade: ShownUpgrade }): JSX.Element | null {
  const looked = state.chains.find(({ nextUpgrade }) => nextUpgrade?.key === upgrade.key)?.nextUpgrade?.preflight
  if (looked === undefined) return null
  return (
    <div>
      <dt>Preflight</dt>
      <dd>
        <Tag tone={toneOf(looked.verdict)}>{words(looked.verdict)}</Tag> {fromNow(looked.checkedAt, now)}
        {looked.problems.map((problem) => (
          <p>
            <Said text={problem} max={600} />
          </p>
        ))}
      </dd>
    </div>
  )
}
