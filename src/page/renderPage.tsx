import type { JSX } from 'preact'
import { Login } from './Login.js'
import { Page } from './Page.js'
import { parseState } from './state.js'
import { toHtml } from './toHtml.js'

/** The files of a document. */
export interface PageFiles {
  /** Paths on the server. */
  readonly script: string
  readonly icon: string
  /** The styles themselves, inline, because a browser shows nothing until a style sheet is loaded. */
  readonly style: string
}

/** Renders the whole document of a state, and includes the state for the script. */
export function renderPage(json: unknown, { script, style, icon }: PageFiles, theme?: 'light' | 'dark'): string {
  const state = parseState(json)
  const body = toHtml(<Page state={state} now={Date.parse(state.at)} />)
  const attributes = theme === undefined ? '' : ` data-theme="${theme}"`
  return `<!doctype html><html lang="en"${attributes}><head>${toHtml(<Head icon={icon} script={script} />)}<style>${style}</style></head><body><div id="page">${body}</div><script type="application/json" id="state">${scriptText(state)}</script></body></html>`
}

/** Renders the login document, which has no script. */
export function renderLogin({ style, icon }: PageFiles, problem?: string): string {
  return `<!doctype html><html lang="en"><head>${toHtml(<Head icon={icon} />)}<style>${style}</style></head><body>${toHtml(<Login problem={problem} />)}</body></html>`
}

function Head({ icon, script }: { readonly icon: string; readonly script?: string }): JSX.Element {
  return (
    <>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>govstream</title>
      <link rel="icon" href={icon} />
      {script === undefined ? null : <script type="module" src={script} />}
    </>
  )
}

/** Escapes JSON so that it cannot end the script element. */
function scriptText(state: object): string {
  return JSON.stringify(state).replaceAll('<', '\\u003c')
}
