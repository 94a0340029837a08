/** A mailbox, and whose it is. */
export interface MailAddress {
  /** Empty where there is none. */
  readonly name: string
  readonly address: string
}

const mailbox = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/
const written = /^\s*(?:"?([^"<>\p{Cc}]{0,100}?)"?\s*<([^<>\s]{1,320})>|([^<>\s"]{1,320}))\s*$/u

/** The one address in `ops@example.org` or `Gov watch <watch@example.org>`; `undefined` where it is none. */
export function addressIn(text: string): MailAddress | undefined {
  const [, name = '', inBrackets, alone] = written.exec(text) ?? []
  const address = inBrackets ?? alone
  return address !== undefined && mailbox.test(address) && !/\.\.|^\.|\.@/.test(address)
    ? { name: name.trim(), address }
    : undefined
}

/** True of the URL of a mail server: a host, and a user with a password or none of them. */
export function isSmtpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text)
  return (
    /^smtps?:$/.test(protocol) &&
    hostname !== '' &&
    pathname.replace(/^\/$/, '') === '' &&
    search === '' &&
    hash === '' &&
    (username === '') === (password === '')
  )
}
