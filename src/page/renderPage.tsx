import type { JSX } from 'preact'
import { Login } from './Login.js'
import { Page } from './Page.js'
import { parseState } from './state.js'
import { toHtml } from './toHtml.js'

/** The files that the page names: paths on the server. */
export interface PageFiles {
  readonly script: string
  readonly styles: readonly string[]
  readonly icon: string
}

/** The whole document of a state, with the state for the script to go on with. */
export function renderPage(json: unknown, { script, styles, icon }: PageFiles, theme?: 'light' | 'dark'): string {
  const state = parseState(json)
  const body = toHtml(<Page state={state} now={Date.parse(state.at)} />)
  const attributes = theme === undefined ? '' : ` data-theme="${theme}"`
  return `<!doctype html><html lang="en"${attributes}>${toHtml(<Head styles={styles} icon={icon} script={script} />)}<body><div id="page">${body}</div><script type="application/json" id="state">${scriptText(state)}</script></body></html>`
}

/** The document in which a person logs in; it has no script. */
export function renderLogin({ styles, icon }: PageFiles, problem?: string): string {
  return `<!doctype html><html lang="en">${toHtml(<Head styles={styles} icon={icon} />)}<body>${toHtml(<Login problem={problem} />)}</body></html>`
}

function Head({ styles, icon, script }: Omit<PageFiles, 'script'> & { readonly script?: string }): JSX.Element {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>govstream</title>
      <link rel="icon" href={icon} />
      {styles.map((href) => (
        <link rel="stylesheet" href={href} />
      ))}
      {script === undefined ? null : <script type="module" src={script} />}
    </head>
  )
}

/** JSON that ends no script, whatever it holds. */
function scriptText(state: object): string {
  return JSON.stringify(state).replaceAll('<', '\\u003c')
}
