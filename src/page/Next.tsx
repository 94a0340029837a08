import type { JSX } from 'preact'
import { countdownText, fromNow, numberText, timeText, words } from './format.js'
import { Empty, Moment, Said, Section, Tag, When } from './Parts.js'
import { Unread, unreadOf } from './Unread.js'
import type { PageState, ShownUpgrade } from './state.js'
import { type Label, layTimeline, type Placed } from './timeline.js'
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
        <span class="label">{next.status === 'pending' ? 'Next upgrade, in the vote' : 'Next upgrade'}</span>
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
            <Tag tone={toneOf(next.status)}>{words(next.status)}</Tag>
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

/** Returns the height of an upgrade, or its time if the chain has time-based upgrades. */
function placeOf({ height, time }: ShownUpgrade): string | undefined {
  if (height !== null) return numberText(height)
  return time === null ? undefined : timeText(time)
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

/** Shows the queue of all chains on a time line, and as a table. */
export function Queue({ state, now }: Shown): JSX.Element {
  const { rows, ticks } = layTimeline(
    state.upgrades.filter(({ status }) => status === 'scheduled' || status === 'pending'),
    now,
  )
  return (
    <Section
      id="queue"
      title="Queue"
      {...(rows.length > 0 && { aside: 'Logarithmic time; a bar spans the times at which a height may come.' })}
    >
      {state.upgrades.length > 0 ? null : unreadOf(state).length > 0 ? (
        <Unread state={state} />
      ) : (
        <Empty>No upgrade is being voted on, scheduled or completed.</Empty>
      )}
      {rows.length === 0 ? null : (
        <div class="timeline" aria-hidden="true">
          {rows.map(({ chain, placed, narrow, wide }) => (
            <div class="lane">
              <p>
                <Said text={chain} max={40} />
              </p>
              <svg width="100%" class={`narrow-${narrow} wide-${wide}`}>
                <line class="axis" x1="0" x2="100%" y1="8" y2="8" />
                {placed.map((one) => (
                  <Mark placed={one} now={now} />
                ))}
              </svg>
            </div>
          ))}
          <div class="lane ticks">
            <p>now</p>
            <svg width="100%" height="16">
              {ticks.map((label) => (
                <Written label={label} y={12} />
              ))}
            </svg>
          </div>
        </div>
      )}
      {state.upgrades.length === 0 ? null : <UpgradeTable state={state} now={now} />}
    </Section>
  )
}

function Mark({ placed: { upgrade, at, from, to, label }, now }: { placed: Placed; now: number }): JSX.Element {
  const tone = upgrade.eta === null ? 'calm' : urgencyOf(upgrade.eta, now)
  return (
    <g class={`mark ${tone}`}>
      <rect x={`${from}%`} y="4" width={`${Math.max(0.4, to - from)}%`} height="8" rx="4" />
      <circle cx={`${at}%`} cy="8" r="5" />
      <Written label={label} y={26} />
    </g>
  )
}

/** Renders a text at its point, on the line that the screen width gives it. */
function Written({
  label: { text, at, anchor, narrow, wide },
  y,
}: {
  readonly label: Label
  readonly y: number
}): JSX.Element {
  return (
    <text class={`on-${narrow ?? 'none'} wide-on-${wide ?? 'none'}`} x={`${at}%`} y={y} text-anchor={anchor}>
      {text}
    </text>
  )
}

function UpgradeTable({ state: { upgrades }, now }: Shown): JSX.Element {
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Upgrades">
      <table>
        <thead>
          <tr>
            <th scope="col">Upgrade</th>
            <th scope="col">Chain</th>
            <th scope="col" class="number">
              Height
            </th>
            <th scope="col">When</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {upgrades.map((one) => (
            <tr key={one.key}>
              <th scope="row">
                <Said text={one.name} max={60} />
              </th>
              <td>
                <Said text={one.chain} max={40} />
              </td>
              <td class="number">{placeOf(one) ?? ''}</td>
              <td>
                <When at={one.eta ?? one.completedAt} now={now} />
              </td>
              <td>
                <Tag tone={toneOf(one.status)}>{words(one.status)}</Tag>
                {one.reasons.map((reason) => (
                  <small>
                    <Said text={reason} />
                  </small>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
