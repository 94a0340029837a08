import * as z from 'zod'
import { httpUrl, list, whole } from '../../schema/scalars.js'
import { section } from '../../schema/section.js'

const listenForm =
  'expected an address and a port, such as 127.0.0.1:9464, [::1]:9464 or 0.0.0.0:9464; port 0 takes a free one'

/** Where the server listens: an address or a host name of this machine, and a port. */
const listen = z
  .string({ error: listenForm })
  .regex(/^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253}):\d{1,5}$/, { error: listenForm, abort: true })
  .transform((written, context) => {
    const at = written.lastIndexOf(':')
    const host = written.slice(0, at).replace(/^\[|\]$/g, '')
    const port = Number(written.slice(at + 1))
    if (port <= 65_535) return { host, port }
    context.addIssue({ code: 'custom', message: listenForm })
    return z.NEVER
  })

const hostForm = 'expected the name of a host as clients call it, such as gov.example or gov.example:8443'
const host = z
  .string({ error: hostForm })
  .regex(/^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?$/, { error: hostForm })

const originForm = 'expected an origin without a path, such as https://app.example'
const origin = z
  .string({ error: originForm })
  .regex(/^https?:\/\/[^\s/?#@]{1,260}$/, { error: originForm, abort: true })
  .refine((written) => URL.canParse(written), { error: originForm })
  .transform((written) => new URL(written).origin)

const tokenForm = 'expected a token of at most 500 letters, digits and the signs . _ ~ + / - and ='

/** A secret that a client presents. Its characters need no escaping in a header or a query. */
const token = (): z.ZodString =>
  z.string({ error: tokenForm }).regex(/^[A-Za-z0-9._~+/=-]{1,500}$/, { error: tokenForm })

const publicForm = 'expected an http:// or https:// URL without user, query and fragment'
const publicUrl = httpUrl()
  .refine((written) => isPlain(written), { error: publicForm })
  .transform((written) => new URL(written).href.replace(/\/$/, ''))

function isPlain(written: string): boolean {
  if (!URL.canParse(written)) return false
  const { username, password, search, hash } = new URL(written)
  return username === '' && password === '' && search === '' && hash === ''
}

const listenHint = 'unknown key; set address and port together: listen: 127.0.0.1:9464'

const keys = {
  listen: listen
    .prefault('127.0.0.1:9464')
    .describe('Address and port. Other machines can reach any address that is not a loopback address.'),
  hosts: list(host, 'hosts')
    .readonly()
    .prefault([])
    .describe(
      'Names under which clients reach the server, in addition to `listen` and `publicUrl`. A name without a port is valid with every port.',
    ),
  tokens: section({
    read: z.exactOptional(token()).describe('Token that permits reading.'),
    write: z.exactOptional(token()).describe('Token that permits reading and writing. Without it nobody may write.'),
    feed: z
      .exactOptional(token())
      .describe('Token for calendars and feed readers, as `?token=` of `/calendar.ics` and `/feed.atom` only.'),
  })
    .prefault({})
    .describe(
      'Tokens that permit requests. A client on this machine that uses a loopback address may read without a token. Tokens are never shown.',
    ),
  cors: list(origin, 'origins')
    .readonly()
    .prefault([])
    .describe('Origins of other web pages that may send requests, with a token.'),
  publicUrl: z
    .exactOptional(publicUrl)
    .describe(
      'URL under which people reach the server. It is used for links in feeds, and its host is accepted from a proxy.',
    ),
  journal: whole(1).prefault(100_000).describe('Maximum number of events that are kept for clients that resume.'),
}

/** What is served over HTTP, and to whom. */
export const httpSchema = section(keys, { port: listenHint, host: listenHint, address: listenHint })
