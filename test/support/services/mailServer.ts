import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'
import { type ParsedMail, parsedMail } from './parsedMail.js'

const tls = (name: string): string => readFileSync(new URL(`../servers/tls/${name}.pem`, import.meta.url), 'utf8')
export const authority = tls('cert')

/** A mail that the server accepted, as each recipient sees it. */
export interface TakenMail extends ParsedMail {
  readonly from: string
  /** The recipients given to the server. */
  readonly recipients: readonly string[]
  readonly user: string | undefined
  readonly encrypted: boolean
}

/**
 * After the last byte of a mail: refuse it with this code, accept it and cut the connection,
 * or never answer.
 */
export type MailMishap = number | 'commit-then-drop' | 'drop' | 'hang'

export interface MailServerOptions {
  /** `none`: it has no STARTTLS. `always`: it is encrypted from the first byte. @defaultValue `offered` */
  readonly encryption?: 'offered' | 'none' | 'always'
  /** @defaultValue no authentication */
  readonly password?: string
  /** The code for a recipient. */
  readonly refuses?: Map<string, number>
  /** Refuses every connection. */
  readonly closed?: number
}

export interface MailServer {
  readonly port: number
  readonly taken: readonly TakenMail[]
  /** Violations of the standards in mails. */
  readonly faults: readonly string[]
  readonly connections: () => number
  readonly fail: (...mishaps: readonly MailMishap[]) => void
}

class Refusal extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message)
  }
}

/**
 * A real mail server that keeps accepted mails and checks them against RFC 5321, 5322, 2047
 * and 3834.
 */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { encryption = 'offered', password, refuses = new Map<string, number>(), closed } = options
  const taken: TakenMail[] = []
  const faults: string[] = []
  const mishaps: MailMishap[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = new SMTPServer({
    secure: encryption === 'always',
    hideSTARTTLS: encryption === 'none',
    ...(encryption === 'none' && { disabledCommands: ['STARTTLS'] }),
    authOptional: password === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    key: tls('key'),
    cert: authority,
    onConnect: (_session, done) => {
      connections += 1
      done(closed === undefined ? null : new Refusal(closed, 'Come back another day'))
    },
    onAuth: ({ username, password: given }, _session, done) => {
      if (given === password) done(null, { user: username })
      else done(new Refusal(535, '5.7.8 Authentication credentials invalid'))
    },
    onRcptTo: ({ address }, _session, done) => {
      const code = refuses.get(address)
      done(code === undefined ? null : new Refusal(code, `<${address}> is not served here`))
    },
    onData: (stream, { envelope, user, secure, id }, done) => {
      const take = (bytes: Buffer): void => {
        const mail = parsedMail(bytes)
        faults.push(...mail.faults)
        const mishap = mishaps.shift()
        if (typeof mishap === 'number') {
          done(new Refusal(mishap, 'Not now'))
          return
        }
        if (mishap === undefined || mishap === 'commit-then-drop')
          taken.push({
            ...mail,
            from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
            recipients: envelope.rcptTo.map(({ address }) => address),
            user: typeof user === 'string' ? user : undefined,
            encrypted: secure,
          })
        if (mishap === undefined) done(null, `Queued as ${id}`)
        else if (mishap !== 'hang') for (const socket of sockets) socket.destroy()
      }
      // A client that disconnects in the middle has sent no mail.
      void buffer(stream).then(take, () => undefined)
    },
  })
  // Disconnecting clients are part of the tests.
  server.on('error', () => undefined)
  server.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  onTestFinished(async () => {
    const gone = once(server.server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await gone
  })
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('The mail server has no port.')
  return {
    port: address.port,
    taken,
    faults,
    connections: () => connections,
    fail: (...next) => {
      mishaps.push(...next)
    },
  }
}
