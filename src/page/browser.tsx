import { createRef, hydrate, render } from 'preact'
import './page.css'
import { Page } from './Page.js'
import { plotTurnout } from './plotTurnout.js'
import { liveTypes } from '../domain/journal/liveEvent.js'
import { type PageState, parseState } from './state.js'

// Makes the page that the server rendered live: each event has the state read anew, at most once a second.

const root = document.querySelector<HTMLDivElement>('#page')
const written = document.querySelector('#state')?.textContent
if (root !== null && written !== undefined) afterFirstView(() => follow(root, parseState(JSON.parse(written))))

/** What the server rendered is on the screen first; a page that nobody sees waits for no screen. */
function afterFirstView(work: () => void): void {
  if (document.hidden) work()
  else requestAnimationFrame(() => setTimeout(work))
}

function follow(root: HTMLDivElement, first: PageState): void {
  const plot = createRef<HTMLDivElement>()
  let state = first
  // The clock of this machine may be another one than the server's.
  let ahead = Date.parse(first.at) - Date.now()
  let lostSince: number | undefined
  let due: number | undefined
  let isStale = false
  // Of the state that is shown.
  let tag = ''

  hydrate(<Page state={state} now={Date.parse(state.at)} />, root)
  const draw = (): void => {
    const live = { switchTheme, plot, ...(lostSince !== undefined && { lostSince: lostSince + ahead }) }
    render(<Page state={state} now={Date.now() + ahead} live={live} />, root)
  }
  draw()
  const show = plot.current === null ? undefined : plotTurnout(plot.current)
  show?.(state.participation)
  setInterval(draw, 1000)

  const refresh = async (): Promise<void> => {
    try {
      const answer = await fetch('/page.json', { headers: { accept: 'application/json', 'if-none-match': tag } })
      if (answer.status === 401) {
        location.assign('/login')
        return
      }
      if (answer.status === 304) state = { ...state, at: new Date(Date.now() + ahead).toISOString() }
      else {
        if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
        state = parseState(await answer.json())
        tag = answer.headers.get('etag') ?? ''
        ahead = Date.parse(state.at) - Date.now()
        show?.(state.participation)
      }
      lostSince = undefined
    } catch {
      lostSince ??= Date.now()
    }
    draw()
  }
  const invalidate = (): void => {
    isStale = true
    due ??= window.setTimeout(() => {
      isStale = false
      void refresh().finally(() => {
        due = undefined
        // What came while it was read may not be in what was read.
        if (isStale) invalidate()
      })
    }, 1000)
  }
  const events = new EventSource('/api/v1/events')
  for (const type of liveTypes) events.addEventListener(type, invalidate)
  events.addEventListener('open', invalidate)
  events.addEventListener('error', () => {
    lostSince ??= Date.now()
    // A browser gives up for good where the answer is no stream, as it is where a token is asked for.
    if (events.readyState === EventSource.CLOSED) invalidate()
    draw()
  })
}

/** To the other one of light and dark; the server renders it from then on. */
function switchTheme(): void {
  const { dataset } = document.documentElement
  const isDark =
    dataset['theme'] === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : dataset['theme'] === 'dark'
  dataset['theme'] = isDark ? 'light' : 'dark'
  document.cookie = `theme=${dataset['theme']}; path=/; max-age=31536000; samesite=strict`
}
