import type { JSX } from 'preact'
import { upgradeStatusText } from '../domain/upgrades/upgradeStatusText.js'
import { Empty, Said, Section, Tag, When } from './Parts.js'
import { placeOf } from './placeOf.js'
import { Unread, unreadOf } from './Unread.js'
import type { PageState } from './state.js'
import { type Label, layTimeline, type Placed } from './timeline.js'
import { toneOf, urgencyOf } from './urgency.js'

interface Shown {
  readonly state: PageState
  readonly now: number
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
                <When at={one.eta ?? one.completedAt ?? one.triggeredAt} now={now} />
              </td>
              <td>
                <Tag tone={toneOf(one.status)}>{upgradeStatusText(one)}</Tag>
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
