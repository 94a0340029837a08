import type { JSX, RefObject } from 'preact'
import { cleanLine } from '../domain/text/text.js'
import { waitingWords } from '../domain/notifications/outage.js'
import { isJsonObject, type JsonObject } from '../domain/text/json.js'
import { numberText, shareText, shortText, timeText, words } from './format.js'
import { Empty, Moment, Said, Section, Tag } from './Parts.js'
import type { PageState } from './state.js'
import { chainsOf, lineOf } from './turnoutByChain.js'
import { toneOf } from './urgency.js'

// The history: turnout, notifications, deliveries and the audit trail.

interface Shown {
  readonly state: PageState
  readonly now: number
}

/** Turnout of past votes: as a plot if scripts run, and always as a table. */
export function Participation({
  state: { participation },
  plot,
}: Shown & { plot?: RefObject<HTMLDivElement | null> }): JSX.Element {
  return (
    <Section id="participation" title="Participation" aside="Turnout of the votes that are over">
      {participation.length === 0 ? <Empty>No vote with a known turnout is over yet.</Empty> : null}
      <div
        class="plot"
        hidden={participation.length === 0}
        {...(plot !== undefined && { ref: plot })}
        aria-hidden="true"
      />
      {plot === undefined ? null : <Legend chains={chainsOf(participation)} />}
      {participation.length === 0 ? null : (
        <details>
          <summary>As a table</summary>
          <ul class="rows">
            {participation.map(({ at, chain, id, title, turnout }) => (
              <li key={`${chain}/${id}`}>
                <b class="share">{shareText(turnout)}</b> <time datetime={at}>{timeText(at)}</time> ·{' '}
                <Said text={title} /> · <Said text={chain} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  )
}

/** Says which line of the plot is of which chain. Hidden from a screen reader, like the plot: the table says it. */
function Legend({ chains }: { readonly chains: readonly string[] }): JSX.Element | null {
  if (chains.length < 2) return null
  return (
    <ul class="legend" aria-hidden="true">
      {chains.map((chain, index) => {
        const { colour, dash } = lineOf(index)
        return (
          <li key={chain}>
            <svg width="24" height="8" class={`line-${colour}`}>
              <line x1="0" x2="24" y1="4" y2="4" stroke-dasharray={dash.join(' ')} />
            </svg>{' '}
            <Said text={chain} max={40} />
          </li>
        )
      })}
    </ul>
  )
}

/** The notifications, newest first. */
export function Inbox({ state: { inbox }, now }: Shown): JSX.Element {
  const unread = inbox.filter(({ read }) => !read).length
  return (
    <Section
      id="inbox"
      title="Inbox"
      {...(inbox.length > 0 && { aside: `${unread} unread of the latest ${inbox.length}` })}
    >
      {inbox.length === 0 ? <Empty>No notifications yet.</Empty> : null}
      <ul class="rows" tabIndex={0} aria-label="Inbox">
        {inbox.map(({ id, priority, chain, title, timestamp, read }) => (
          <li key={id} class={read ? 'read' : ''}>
            <Tag tone={toneOf(priority)}>{words(priority)}</Tag> <Said text={title} />
            <p class="meta">
              <Said text={chain} max={40} /> · <Moment at={timestamp} now={now} />
            </p>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Deliveries: those made, waiting and given up. */
export function Deliveries({ state: { undelivered, waiting, deliveries, chains }, now }: Shown): JSX.Element {
  const down = chains.flatMap(({ channelsDown }) => channelsDown)
  return (
    <Section id="deliveries" title="Deliveries">
      {down.map(({ channel, since, reason, waiting }) => (
        <p class="warning" key={channel}>
          <b>
            <Said text={channel} />
          </b>{' '}
          has been down since {timeText(since)}, {waitingWords(waiting)}: <Said text={reason} />
        </p>
      ))}
      {waiting.map((one) => (
        <Waiting key={one.handler} waiting={one} now={now} />
      ))}
      {undelivered.length + waiting.length + deliveries.length === 0 ? (
        <Empty>Nothing has been sent yet: no handler is configured, or there was nothing to send.</Empty>
      ) : null}
      <ul class="rows" tabIndex={0} aria-label="Deliveries">
        {undelivered.map(({ notification, handler, attempts, reason, at, nextTryAt }) => (
          <li key={`${handler}/${notification.id}`}>
            <Tag tone={nextTryAt === null ? 'urgent' : 'soon'}>{nextTryAt === null ? 'given up' : 'waits'}</Tag>{' '}
            <Said text={handler} /> · <Said text={notification.title} />
            <p class="meta">
              {attempts === 1 ? '1 try' : `${attempts} tries`}, since {timeText(at)}
              {nextTryAt === null ? null : Date.parse(nextTryAt) <= now ? (
                ', due'
              ) : (
                <>
                  , again <Moment at={nextTryAt} now={now} />
                </>
              )}
              {reason === '' ? null : (
                <>
                  : <Said text={reason} />
                </>
              )}
            </p>
          </li>
        ))}
        {deliveries.map(({ seq, at, handler, result, reason, title }) => (
          <li key={seq}>
            <Tag tone={toneOf(result)}>{words(result)}</Tag> <Said text={handler} /> · <Said text={title} />
            <p class="meta">
              <Moment at={at} now={now} /> <Said text={reason} />
            </p>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** What is still to be sent by one handler. */
function Waiting({
  waiting: { handler, count, since, held },
  now,
}: {
  readonly waiting: PageState['waiting'][number]
  readonly now: number
}): JSX.Element {
  return (
    <p class="meta">
      <b>
        <Said text={handler} />
      </b>
      : {count === 0 ? null : count === 1 ? '1 waits' : `${numberText(count)} wait`}
      {since === null ? null : (
        <>
          , {count === 1 ? '' : 'the oldest '}queued <Moment at={since} now={now} />
        </>
      )}
      {count > 0 && held > 0 ? '; ' : ''}
      {held === 0 ? null : `${numberText(held)} held for a group or until quiet hours end`}
    </p>
  )
}

/** The audit trail: what was observed and done, and why. */
export function Trail({ state: { trail }, now }: Shown): JSX.Element {
  return (
    <Section id="why" title="Why" aside="The audit trail, newest first">
      {trail.length === 0 ? <Empty>Nothing has been observed or done yet.</Empty> : null}
      <ul class="rows" tabIndex={0} aria-label="Audit trail">
        {trail.map(({ seq, at, chain, kind, detail }) => (
          <li key={seq}>
            <span class="kind">{words(kind)}</span> <Said text={headlineOf(detail)} />
            <p class="meta">
              <Said text={chain} max={40} /> {chain === '' ? '' : '· '}
              <Moment at={at} now={now} />
            </p>
            <details>
              <summary>
                Everything<span class="unseen"> of entry {seq}</span>
              </summary>
              <code class="detail">{cleanLine(JSON.stringify(detail), 2_000)}</code>
            </details>
          </li>
        ))}
      </ul>
    </Section>
  )
}

const telling = [
  'type',
  'event',
  'name',
  'title',
  'from',
  'to',
  'status',
  'choice',
  'proposal',
  'result',
  'handler',
  'path',
  'reason',
  'reasons',
]

/** What says more than an id. */
function isNamed(detail: JsonObject): boolean {
  return Object.hasOwn(detail, 'name') || Object.hasOwn(detail, 'title')
}

/** Returns the most informative words of an entry. */
function headlineOf(detail: unknown): string {
  if (!isJsonObject(detail)) return String(detail)
  return telling
    .flatMap((key) => {
      const value = Object.hasOwn(detail, key) ? detail[key] : undefined
      const text = Array.isArray(value) ? value.map(String).join(' ') : value
      if (typeof text !== 'string' || text === '') return []
      if (key === 'proposal') return isNamed(detail) ? [] : [shortText(text.split('/').slice(2).join('/'))]
      return [key === 'type' || key === 'event' || key === 'status' ? words(text) : text]
    })
    .join(' · ')
}
