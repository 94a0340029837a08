import type { JSX } from 'preact'

/** The login form for a token. It works without JavaScript. */
export function Login({ problem }: { readonly problem?: string | undefined }): JSX.Element {
  return (
    <main class="login">
      <h1>govstream</h1>
      {problem === undefined ? null : <p role="alert">{problem}</p>}
      <form method="post" action="/login">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required autofocus />
        <button type="submit">Log in</button>
      </form>
      <p class="meta">
        Use the value of http.tokens.read or http.tokens.write. This browser stays logged in for 30 days.
      </p>
      <form method="post" action="/logout">
        <button type="submit">Log out of this browser</button>
      </form>
    </main>
  )
}
