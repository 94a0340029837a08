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
  const head = (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>govstream</title>
      <link rel="icon" href={icon} />
      {styles.map((href) => (
        <link rel="stylesheet" href={href} />
      ))}
      <script type="module" src={script} />
    </head>
  )
  const body = toHtml(<Page state={state} now={Date.parse(state.at)} />)
  const attributes = theme === undefined ? '' : ` data-theme="${theme}"`
  return `<!doctype html><html lang="en"${attributes}>${toHtml(head)}<body><div id="page">${body}</div><script type="application/json" id="state">${scriptText(state)}</script></body></html>`
}

/** JSON that ends no script, whatever it holds. */
function scriptText(state: object): string {
  return JSON.stringify(state).replaceAll('<', '\\u003c')
}
