/** A mailbox and its display name. */
export interface MailAddress {
  /** Empty if there is none. */
  readonly name: string
  readonly address: string
}

const mailbox = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/
const written = /^\s*(?:"?([^"<>\p{Cc}]{0,100}?)"?\s*<([^<>\s]{1,320})>|([^<>\s"]{1,320}))\s*$/u

/** Parses one address such as `ops@example.org` or `Gov watch <watch@example.org>`; `undefined` if it is not one. */
export function addressIn(text: string): MailAddress | undefined {
  const [, name = '', inBrackets, alone] = written.exec(text) ?? []
  const address = inBrackets ?? alone
  return address !== undefined && mailbox.test(address) && !/\.\.|^\.|\.@/.test(address)
    ? { name: name.trim(), address }
    : undefined
}

/** Returns true for the URL of a mail server: a host, and either both a user and a password or neither. */
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
