import type { JSX, RefObject } from 'preact'
import { numberText, timeText, words } from './format.js'
import { Next } from './Next.js'
import { Queue } from './Queue.js'
import { Moment, Said, Section, Tag } from './Parts.js'
import { Proposals } from './Proposals.js'
import { Deliveries, Inbox, Participation, Trail } from './Records.js'
import { outcomeWords } from '../domain/upgrades/postCheck/postCheck.js'
import type { PageState } from './state.js'
import { toneOf } from './urgency.js'

export interface PageProps {
  readonly state: PageState
  /** Unix milliseconds, on the clock of the server. */
  readonly now: number
  /** Parts that need a script; absent on the server. */
  readonly live?: {
    /** Since when the server has not answered, Unix milliseconds; absent while it answers. */
    readonly lostSince?: number
    readonly switchTheme: () => void
    readonly plot: RefObject<HTMLDivElement | null>
  }
}

type LastUpgrade = NonNullable<PageState['chains'][number]['lastUpgrade']>

const sections = [
  ['next', 'Next'],
  ['queue', 'Queue'],
  ['proposals', 'Proposals'],
  ['chains', 'Chains'],
  ['participation', 'Participation'],
  ['inbox', 'Inbox'],
  ['deliveries', 'Deliveries'],
  ['why', 'Why'],
] as const

/** The whole page. Server and script render it from the same state. */
export function Page({ state, now, live }: PageProps): JSX.Element {
  return (
    <>
      <a class="skip" href="#next">
        To what is next
      </a>
      <header class="top">
        <h1>govstream</h1>
        <nav aria-label="Sections">
          {sections.map(([id, name]) => (
            <a href={`#${id}`}>{name}</a>
          ))}
        </nav>
        <p class="as-of" role="status">
          {standing(state, live)}
        </p>
        {live === undefined ? null : (
          <button type="button" onClick={live.switchTheme}>
            Light or dark
          </button>
        )}
      </header>
      <main>
        <Next state={state} now={now} />
        <Queue state={state} now={now} />
        <div class="columns">
          <div>
            <Proposals state={state} now={now} />
            <Participation state={state} now={now} {...(live !== undefined && { plot: live.plot })} />
          </div>
          <div>
            <Chains state={state} now={now} />
            <Inbox state={state} now={now} />
            <Deliveries state={state} now={now} />
            <Trail state={state} now={now} />
          </div>
        </div>
      </main>
    </>
  )
}

function standing({ at }: PageState, live: PageProps['live']): JSX.Element {
  if (live === undefined) return <>Data as of {timeText(at, true)}. Load the page again for newer ones.</>
  if (live.lostSince === undefined)
    return (
      <>
        <span class="dot" aria-hidden="true" />
        Live
      </>
    )
  return (
    <strong class="lost">
      Connection lost since {timeText(new Date(live.lostSince).toISOString(), true)}; data as of {timeText(at, true)}
    </strong>
  )
}

/** Shows the outcome of the last upgrade of a chain, with what to do about failures. */
function Outcome({ last, now }: { readonly last: LastUpgrade; readonly now: number }): JSX.Element {
  const { name, verdict, checkedAt, checks } = last
  const unwell = checks.filter((check) => check.verdict !== 'passed')
  return (
    <p class="meta">
      Last upgrade <Said text={name} max={60} />{' '}
      <Tag tone={verdict === 'unknown' ? 'soon' : toneOf(verdict)}>{outcomeWords[verdict]}</Tag>{' '}
      <Moment at={checkedAt} now={now} />
      {unwell.map(({ reason, todo }, at) => (
        <>
          {at === 0 ? ': ' : ' '}
          <Said text={todo === null ? reason : `${reason} ${todo}`} max={600} />
        </>
      ))}
    </p>
  )
}

function Chains({ state: { chains }, now }: PageProps): JSX.Element {
  return (
    <Section id="chains" title="Chains">
      <ul class="rows">
        {chains.map(({ chain, enabled, height, lastGoodPoll, health, problem, lastUpgrade }) => (
          <li key={chain}>
            <Tag tone={enabled ? toneOf(health) : 'quiet'}>{enabled ? words(health) : 'not watched'}</Tag>{' '}
            <b>
              <Said text={chain} max={60} />
            </b>{' '}
            {height === null ? null : <span class="height">{numberText(height)}</span>}
            <p class="meta">
              {lastGoodPoll === null ? (
                'not read yet'
              ) : (
                <>
                  read <Moment at={lastGoodPoll} now={now} />
                </>
              )}
              {problem === null ? null : (
                <>
                  {': '}
                  <Said text={problem} max={400} />
                </>
              )}
            </p>
            {lastUpgrade === undefined ? null : <Outcome last={lastUpgrade} now={now} />}
          </li>
        ))}
      </ul>
    </Section>
  )
}
