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

/** Shows the next upgrade and the time left, as large as the screen allows. */
export function Next({ state, now }: Shown): JSX.Element {
  const next = nextOf(state)
  if (next === undefined)
    return (
      <Section id="next" title="Next upgrade">
        <p class="nothing">{unreadOf(state).length > 0 ? 'Not known yet' : 'Nothing is scheduled'}</p>
        {unreadOf(state).length > 0 ? (
          <Unread state={state} />
        ) : (
          <Empty>
            An upgrade appears here when its vote has passed, with the time at which its height is expected.
          </Empty>
        )}
      </Section>
    )
  const tone = next.status === 'in_progress' ? 'urgent' : next.eta === null ? 'calm' : urgencyOf(next.eta, now)
  return (
    <section id="next" class={`next ${tone}`} aria-labelledby="next-title">
      <h2 id="next-title">
        <span class="label">
          {next.status === 'pending' ? `Next upgrade, ${upgradeStatusText(next)}` : 'Next upgrade'}
        </span>
        <Said text={next.name} /> <span class="on">on</span> <Said text={next.chain} />
      </h2>
      <Countdown upgrade={next} now={now} />
      <Stale state={state} upgrade={next} now={now} />
      <dl class="facts">
        <div>
          <dt>{next.time === null ? 'Height' : 'Time'}</dt>
          <dd>{placeOf(next) ?? 'not known'}</dd>
        </div>
        {next.time === null ? (
          <div>
            <dt>Blocks left</dt>
            <dd>{next.blocksLeft === null ? 'not known' : numberText(next.blocksLeft)}</dd>
          </div>
        ) : null}
        <div>
          <dt>Status</dt>
          <dd>
            <Tag tone={toneOf(next.status)}>{upgradeStatusText(next)}</Tag>
          </dd>
        </div>
        <Readiness state={state} upgrade={next} now={now} />
      </dl>
      {next.reasons.map((reason) => (
        <p class="reason">
          <Said text={reason} max={600} />
        </p>
      ))}
    </section>
  )
}

function Countdown({ upgrade: { eta, band, status, time }, now }: { upgrade: ShownUpgrade; now: number }): JSX.Element {
  if (status === 'in_progress') return <p class="countdown">{time === null ? 'Height reached' : 'Time reached'}</p>
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
