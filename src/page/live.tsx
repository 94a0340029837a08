import { createRef, hydrate, render } from 'preact'
import { Page } from './Page.js'
import { plotTurnout } from './plotTurnout.js'
import { liveTypes } from '../domain/journal/liveEvent.js'
import { type PageState, parseState } from './state.js'

// Milliseconds.
const afterEvent = 1_000
const afterFailure = 5_000
const withoutStream = 15_000
const afterSilence = 60_000
const longestAnswer = 20_000

/**
 * Keeps the page up to date that the server rendered. The state is read again after each event, at most once a second,
 * and after a minute without one, because a stream may end silently.
 */
export function follow(root: HTMLDivElement, written: string): void {
  const first = parseState(JSON.parse(written))
  const plot = createRef<HTMLDivElement>()
  let state: PageState = first
  // The clocks of this machine and of the server may differ.
  let ahead = Date.parse(first.at) - Date.now()
  let lostSince: number | undefined
  // ETag of the state that is shown.
  let tag = ''

  hydrate(<Page state={state} now={Date.parse(state.at)} />, root)
  const draw = (): void => {
    const live = { switchTheme, plot, ...(lostSince !== undefined && { lostSince: lostSince + ahead }) }
    render(<Page state={state} now={Date.now() + ahead} live={live} />, root)
  }
  draw()
  const turnout = plot.current === null ? undefined : plotTurnout(plot.current)
  turnout?.show(state.participation)
  onOtherColours(() => turnout?.redraw())
  setInterval(draw, 1000)

  const onLost = (): void => {
    lostSince ??= Date.now()
    draw()
  }
  const refresh = async (): Promise<Answer> => {
    try {
      const headers = { accept: 'application/json', 'if-none-match': tag }
      const answer = await fetch('/page.json', { headers, signal: AbortSignal.timeout(longestAnswer) })
      if (answer.status === 401) {
        location.assign('/login')
        return 'failed'
      }
      const isSame = answer.status === 304
      if (isSame) state = { ...state, at: new Date(Date.now() + ahead).toISOString() }
      else {
        if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
        state = parseState(await answer.json())
        tag = answer.headers.get('etag') ?? ''
        ahead = Date.parse(state.at) - Date.now()
        turnout?.show(state.participation)
      }
      lostSince = undefined
      draw()
      return isSame ? 'same' : 'changed'
    } catch {
      onLost()
      return 'failed'
    }
  }
  keepReading(refresh, onLost)
}

type Answer = 'same' | 'changed' | 'failed'

/** Reads the state again after each event, and from time to time without one. */
function keepReading(refresh: () => Promise<Answer>, onLost: () => void): void {
  let events: EventSource | undefined
  let openedAt = 0
  let timer: number | undefined
  let dueAt = Infinity
  let isReading = false
  // Number of events so far, and how many of them the last read includes.
  let [told, seen] = [0, 0]

  const readIn = (ms: number): void => {
    if (Date.now() + ms >= dueAt) return
    window.clearTimeout(timer)
    dueAt = Date.now() + ms
    timer = window.setTimeout(() => void read(), ms)
  }
  const read = async (): Promise<void> => {
    const wasTold = told > seen
    dueAt = Infinity
    seen = told
    isReading = true
    const answer = await refresh()
    isReading = false
    const isClosed = events?.readyState === EventSource.CLOSED && Date.now() - openedAt >= withoutStream
    // The state changed without an event, so the stream no longer works.
    if ((isClosed && answer !== 'failed') || (!wasTold && answer === 'changed')) open()
    if (told > seen) readIn(afterEvent)
    else if (answer === 'failed') readIn(afterFailure)
    else readIn(events?.readyState === EventSource.OPEN ? afterSilence : withoutStream)
  }
  const invalidate = (): void => {
    told += 1
    if (!isReading) readIn(afterEvent)
  }
  const open = (): void => {
    events?.close()
    const opened = new EventSource('/api/v1/events')
    events = opened
    openedAt = Date.now()
    for (const type of liveTypes) opened.addEventListener(type, invalidate)
    opened.addEventListener('open', invalidate)
    opened.addEventListener('error', () => {
      // A browser stops reconnecting if the answer is not a stream, such as that of a proxy while the server restarts,
      // or a request for a token. The next read of the state shows which.
      if (opened.readyState === EventSource.CLOSED) invalidate()
      else onLost()
    })
  }
  open()
  readIn(afterSilence)
}

/** Calls back when the theme changes, or the medium: a canvas keeps the colours with which it was drawn. */
function onOtherColours(redraw: () => void): void {
  for (const medium of ['print', '(prefers-color-scheme: dark)']) matchMedia(medium).addEventListener('change', redraw)
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] })
}

/** Switches between light and dark; the server renders the choice from then on. */
function switchTheme(): void {
  const { dataset } = document.documentElement
  const isDark =
    dataset['theme'] === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : dataset['theme'] === 'dark'
  dataset['theme'] = isDark ? 'light' : 'dark'
  document.cookie = `theme=${dataset['theme']}; path=/; max-age=31536000; samesite=strict`
}
