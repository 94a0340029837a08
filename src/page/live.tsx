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
 * Makes the page that the server rendered live: each event has the state read anew, at most once a second, and so has a
 * minute without one, for a stream may end without a word.
 */
export function follow(root: HTMLDivElement, written: string): void {
  const first = parseState(JSON.parse(written))
  const plot = createRef<HTMLDivElement>()
  let state: PageState = first
  // The clock of this machine may be another one than the server's.
  let ahead = Date.parse(first.at) - Date.now()
  let lostSince: number | undefined
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

  const lose = (): void => {
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
        show?.(state.participation)
      }
      lostSince = undefined
      draw()
      return isSame ? 'same' : 'changed'
    } catch {
      lose()
      return 'failed'
    }
  }
  keepReading(refresh, lose)
}

type Answer = 'same' | 'changed' | 'failed'

/** Reads the state whenever an event tells of something, and without one now and then. */
function keepReading(refresh: () => Promise<Answer>, lose: () => void): void {
  let events: EventSource | undefined
  let openedAt = 0
  let timer: number | undefined
  let dueAt = Infinity
  let isReading = false
  // How often something was told of, and how much of that is in what was read.
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
    // What changed without a word: nothing comes over that connection any more.
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
      // A browser gives up for good where the answer is no stream, as that of a proxy while the server is started anew,
      // or where a token is asked for: how it is, the next answer tells.
      if (opened.readyState === EventSource.CLOSED) invalidate()
      else lose()
    })
  }
  open()
  readIn(afterSilence)
}

/** To the other one of light and dark; the server renders it from then on. */
function switchTheme(): void {
  const { dataset } = document.documentElement
  const isDark =
    dataset['theme'] === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : dataset['theme'] === 'dark'
  dataset['theme'] = isDark ? 'light' : 'dark'
  document.cookie = `theme=${dataset['theme']}; path=/; max-age=31536000; samesite=strict`
}
