import { createHash } from 'node:crypto'
import * as z from 'zod'
import { defined } from '../domain/defined.js'
import type { Message } from '../domain/notifications/message.js'
import type { Notification } from '../domain/notifications/notification.js'
import { cleanLine } from '../domain/text/text.js'
import { percentDecoded } from '../domain/text/percentDecoded.js'
import { flag, list, timerDuration, whole } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { channelKeys, defineChannel, rateKey } from './Channel.js'
import type { Handler } from './Handler.js'
import { addressIn, isSmtpUrl, type MailAddress } from './mail/addresses.js'
import { deliveryError, partlyRefused } from './mail/mailErrors.js'
import { mailParts } from './mail/mailParts.js'

const address = (): z.ZodType<string, string> => {
  const error = 'expected a mail address, such as ops@example.org or "Gov watch <watch@example.org>"'
  return z.string({ error }).refine((written) => addressIn(written) !== undefined, { error })
}

/** Sends mail. */
export const email = defineChannel({
  schema: section({
    type: z.literal('email').describe('Sends mail.'),
    smtp: z
      .string({ error: 'expected the URL of a mail server' })
      .refine(isSmtpUrl, {
        error: 'expected an smtps:// or smtp:// URL, such as smtps://user:password@mail.example.org',
      })
      .describe(
        'The mail server. smtps:// is encrypted from the first byte, on port 465 by default; smtp:// switches to encryption with STARTTLS, on port 587 by default. Percent-encode special characters of user and password.',
      ),
    from: address().describe('Address of the sender.'),
    to: list(address(), 'mail addresses')
      .min(1, { error: 'expected at least one mail address' })
      .readonly()
      .describe('Addresses of the recipients. Each recipient sees all of them.'),
    requireTls: flag()
      .prefault(true)
      .describe(
        'Send nothing to an smtp:// server that does not offer STARTTLS or has an invalid certificate. Turn this off only for a relay on this machine.',
      ),
    timeout: timerDuration().prefault('20s').describe('Maximum time to wait for one answer of the server.'),
    maxAttempts: whole(1).prefault(100).describe('Number of attempts before a notification becomes a dead letter.'),
    ...channelKeys,
    rate: rateKey('30/1m'),
  }).describe(
    'One mail for each notification, as text and HTML. Mails about one proposal keep the same subject line, so that they form one thread. A permanent refusal (5xx) makes it a dead letter at once; everything else is tried again with the same Message-ID. If only some addresses are refused, the others do not get the mail twice. User and password of `smtp` are never shown.',
  ),
  keeps: 'nothing',
  preview: (_, message) => mailParts(message).text,
  placeOf: ({ to }) => to.toSorted(),
  secrets: ({ smtp }) => ({ urls: [smtp] }),
  countedBy: ({ smtp }) => smtp,
  open: ({ timeout, maxAttempts, ...settings }, { compose, now }) => ({
    handler: emailHandler({ ...settings, timeoutMs: timeout, compose, now }),
    // One delivery needs about a dozen answers of the server.
    timeoutMs: timeout * 3,
    maxAttempts,
  }),
  check: async ({ smtp, from, requireTls, timeout }) => {
    const timeoutMs = Math.min(timeout, longestCheckMs)
    const { host } = new URL(smtp)
    const transport = await transportTo({ smtp, requireTls, timeoutMs })
    await transport.verify().catch((cause: unknown) => {
      throw deliveryError(cause, host)
    })
    return `The mail server ${host} lets us in; ${from} sends.`
  },
})

const longestCheckMs = 10_000

/** The mail server, the addresses and the text of mails. */
export interface EmailOptions {
  /** URL of the server, smtps or smtp, with user and password. */
  readonly smtp: string
  readonly from: string
  readonly to: readonly string[]
  /** Requires TLS: nothing is sent in clear text. */
  readonly requireTls: boolean
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  readonly compose: (notification: Notification) => Message
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** Certificates of authorities to trust instead of those of Node. */
  readonly ca?: string
}

/** Maximum number of partly refused notifications for which the handler remembers which addresses have the mail. */
const remembered = 1_000

/**
 * Sends each notification as a mail. The Message-ID is derived from the id of the notification, and the id of the
 * thread from its subject: a retry is the same mail, and threads need no stored state.
 *
 * A 5xx answer is permanent, everything else is transient. If some recipients are refused, a retry goes to these alone.
 */
export function emailHandler({ from: sender, to, compose, now, ...server }: EmailOptions): Handler {
  const from = addressIn(sender) ?? { name: '', address: sender }
  const all = to.flatMap((written) => addressIn(written) ?? [])
  const have = new Map<string, ReadonlySet<string>>()
  let transport: ReturnType<typeof transportTo> | undefined

  return {
    type: 'email',
    handle: async (notification, { signal }) => {
      const message = compose(notification)
      const had = have.get(message.id) ?? new Set<string>()
      const missing = all.flatMap(({ address }) => (had.has(address) ? [] : [address]))
      transport ??= transportTo(server)
      const { host } = new URL(server.smtp)
      const { rejected, rejectedErrors = [] } = await (
        await transport
      )
        .sendMail({
          ...headersOf(message, from),
          ...mailParts(message),
          from,
          to: [...all],
          envelope: { from: from.address, to: missing },
          date: new Date(now()),
          disableFileAccess: true,
          disableUrlAccess: true,
          signal,
        })
        .catch((cause: unknown) => {
          throw deliveryError(cause, host)
        })
      have.delete(message.id)
      if (rejected.length === 0) return
      have.set(message.id, new Set([...had, ...missing.filter((one) => !rejected.includes(one))]))
      for (const oldest of [...have.keys()].slice(0, Math.max(0, have.size - remembered))) have.delete(oldest)
      throw partlyRefused(rejectedErrors, rejected, host)
    },
  }
}

/** Imports the library only when the first mail is sent or checked. */
async function transportTo({
  smtp,
  requireTls,
  timeoutMs,
  ca,
}: Pick<EmailOptions, 'smtp' | 'requireTls' | 'timeoutMs' | 'ca'>) {
  const { createTransport } = await import('nodemailer')
  const { protocol, hostname, port, username, password } = new URL(smtp)
  const secure = protocol === 'smtps:'
  return createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && requireTls,
    ...(username !== '' && { auth: { user: percentDecoded(username), pass: percentDecoded(password) } }),
    // An attacker who can remove the encryption can also present a certificate, so it is verified only if TLS is
    // required.
    tls: { rejectUnauthorized: secure || requireTls, ...defined({ ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

function headersOf(message: Message, from: MailAddress): object {
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  const idOf = (text: string): string => `<${createHash('sha256').update(text).digest('hex').slice(0, 40)}@${domain}>`
  // No mail has this id: all mails that reply to it form one thread.
  const thread = idOf(`thread ${message.subject}`)
  return {
    subject: subjectLine(message),
    messageId: idOf(message.id),
    inReplyTo: thread,
    references: [thread],
    ...defined({ priority: message.priority === 'critical' ? ('high' as const) : undefined }),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `govstream <govstream.${domain}>`,
      'X-Govstream-Event': message.event,
      'X-Govstream-Priority': message.priority,
    },
  }
}

// Kinds of subjects, as in `chain/KIND/…`, that are not proposals.
const ownKinds: ReadonlySet<string> = new Set(['silence', 'channel', 'file', 'state', 'test'])

/** Returns the same line for all notifications of a subject, because mail programs split a thread if it changes. */
function subjectLine({ chain, subject, title }: Message): string {
  // A bundle of several subjects has no thread, so its subject line may be its title.
  if (subject !== chain && !subject.startsWith(`${chain}/`)) return cleanLine(`govstream: ${title}`, 120)
  const [kind = '', id = kind] = subject.startsWith(`${chain}/`) ? subject.slice(chain.length + 1).split('/') : []
  const named = ownKinds.has(kind) ? [kind, ...(id === kind ? [] : [shortened(id)])] : ['proposal', shortened(id)]
  const what = id === '' ? '' : `, ${named.join(' ')}`
  const test = title.startsWith('[TEST]') ? '[TEST] ' : ''
  return cleanLine(`${test}govstream: ${chain}${what}`, 120)
}

function shortened(id: string): string {
  return id.length > 16 ? `${id.slice(0, 6)}…${id.slice(-6)}` : id
}
