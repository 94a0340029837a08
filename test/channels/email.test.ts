import { describe, expect, it } from 'vitest'
import { channelOf, handlerSchema } from '../../src/channels/registry.js'
import { type EmailOptions, emailHandler } from '../../src/channels/email.js'
import { DeliveryError } from '../../src/domain/errors.js'
import type { Message } from '../../src/domain/notifications/message.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { injections, itOnProposals } from '../support/services/injections.js'
import { notification } from '../support/storeGiven.js'
import { authority, type MailServer, startMailServer } from '../support/services/mailServer.js'
import { listenForNothing } from '../support/services/silentPort.js'

const never = new AbortController().signal
const password = 'correct horse%battery'

const message = (over: Partial<Message> = {}): Message => ({
  id: 'upgrade_scheduled:main/0xc0ffee/12',
  subject: 'main/0xc0ffee/12',
  event: 'upgrade_scheduled',
  priority: 'high',
  chain: 'main',
  title: 'Upgrade v2 is scheduled',
  lines: ['main: your node switches at 1,234,567.', 'In about 3 h 20 min.'],
  facts: [{ name: 'Height', value: '1,234,567' }],
  advice: 'Put the binary in its place.',
  links: [{ label: 'Proposal', url: 'https://explorer.example/12' }],
  timestamp: '2026-11-26T09:00:00Z',
  standing: 'open',
  ...over,
})

interface Given extends Partial<EmailOptions> {
  readonly user?: string
  readonly scheme?: string
}

/** A handler that sends `message` for any notification. */
function handlerAt({ port }: Pick<MailServer, 'port'>, { user = '', scheme = 'smtp', ...options }: Given = {}) {
  return emailHandler({
    smtp: `${scheme}://${user}127.0.0.1:${port}`,
    from: 'Gov watch <watch@example.org>',
    to: ['ops@example.net', 'Ada <ada@example.net>'],
    requireTls: false,
    timeoutMs: 60_000,
    compose: () => message(),
    now: () => Date.parse('2026-11-26T09:00:05Z'),
    ...options,
  })
}

function send(handler: ReturnType<typeof handlerAt>, signal = never): Promise<unknown> {
  return handler.handle(notification('n-1'), { signal })
}

async function failure(
  delivery: Promise<unknown>,
): Promise<{ readonly kind?: string; readonly message?: string; readonly status?: number }> {
  const cause = await delivery.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(cause).toBeInstanceOf(DeliveryError)
  if (!(cause instanceof DeliveryError)) return {}
  const { kind, message, status } = cause
  return { kind, message, ...(status !== undefined && { status }) }
}

describe('emailHandler', () => {
  it('sends one mail, as text and as HTML, to all recipients', async () => {
    const server = await startMailServer()
    await send(handlerAt(server))

    expect(server.faults).toStrictEqual([])
    expect(server.taken).toHaveLength(1)
    const [mail] = server.taken
    expect(mail).toMatchObject({ from: 'watch@example.org', recipients: ['ops@example.net', 'ada@example.net'] })
    expect(Object.fromEntries(mail?.headers ?? [])).toMatchObject({
      from: 'Gov watch <watch@example.org>',
      to: 'ops@example.net, Ada <ada@example.net>',
      subject: 'govstream: main, proposal 12',
      date: 'Thu, 26 Nov 2026 09:00:05 +0000',
      'auto-submitted': 'auto-generated',
      'list-id': 'govstream <govstream.example.org>',
      'x-govstream-event': 'upgrade_scheduled',
      'x-govstream-priority': 'high',
    })
    expect(mail?.text).toBe(`Upgrade v2 is scheduled

main: your node switches at 1,234,567.

In about 3 h 20 min.

What to do: Put the binary in its place.

Height: 1,234,567

Proposal: https://explorer.example/12

-- 
govstream · main · high · 2026-11-26 09:00 UTC
`)
    expect(mail?.html).toContain('<h1>Upgrade v2 is scheduled</h1>')
  })

  it('threads the mails of a subject, also after a restart', async () => {
    const server = await startMailServer()
    const tell = (over: Partial<Message>): Promise<unknown> => send(handlerAt(server, { compose: () => message(over) }))
    await tell({ id: 'a', title: 'Passed' })
    await tell({ id: 'b', title: 'Imminent', priority: 'critical', event: 'upgrade_imminent' })
    await tell({ id: 'c', subject: 'main/0xc0ffee/13' })
    await tell({ id: 'd', subject: 'main' })
    await tell({ id: 'e', subject: 'main/silence/3' })
    await tell({ id: 'f', subject: 'main/channel/pager' })
    await tell({ id: 'g', subject: 'main/state' })

    const of = (name: string): readonly unknown[] => server.taken.map(({ headers }) => headers.get(name))
    const [first, second, other, chain] = of('references')
    expect(second).toBe(first)
    expect(new Set([first, other, chain]).size).toBe(3)
    expect(of('in-reply-to')).toStrictEqual(of('references'))
    expect(of('subject')).toStrictEqual([
      'govstream: main, proposal 12',
      'govstream: main, proposal 12',
      'govstream: main, proposal 13',
      'govstream: main',
      'govstream: main, silence 3',
      'govstream: main, channel pager',
      'govstream: main, state',
    ])
    // Each is a separate mail, and none is the root.
    expect(new Set([...of('message-id'), ...of('references')]).size).toBe(13)
    expect(of('importance')).toStrictEqual([undefined, 'High', undefined, undefined, undefined, undefined, undefined])
    expect(server.faults).toStrictEqual([])
  })

  it('sends the same message id on a retry after a lost answer', async () => {
    const server = await startMailServer()
    server.fail('commit-then-drop')
    expect(await failure(send(handlerAt(server)))).toMatchObject({ kind: 'transient' })
    await send(handlerAt(server))
    expect(server.taken).toHaveLength(2)
    expect(new Set(server.taken.map(({ headers }) => headers.get('message-id'))).size).toBe(1)
  })

  it('shortens a long proposal id in the subject line', async () => {
    const server = await startMailServer()
    const subject = `main/0xc0ffee/${'1234567890'.repeat(7)}`
    await send(handlerAt(server, { compose: () => message({ subject }) }))
    expect(server.taken[0]?.headers.get('subject')).toBe('govstream: main, proposal 123456…567890')
    expect(server.faults).toStrictEqual([])
  })

  it('marks a test in the subject line', async () => {
    const server = await startMailServer()
    await send(handlerAt(server, { compose: () => message({ title: '[TEST] Upgrade v2' }) }))
    expect(server.taken[0]?.headers.get('subject')).toBe('[TEST] govstream: main, proposal 12')
  })

  describe.each([
    ['STARTTLS', 'smtp', 'offered'],
    ['TLS from the first byte', 'smtps', 'always'],
  ] as const)('over %s', (_case, scheme, encryption) => {
    it('encrypts, and authenticates', async () => {
      const server = await startMailServer({ encryption, password })
      await send(
        handlerAt(server, { scheme, requireTls: true, ca: authority, user: `me:${encodeURIComponent(password)}@` }),
      )
      expect(server.taken[0]).toMatchObject({ encrypted: true, user: 'me' })
    })

    it('sends nothing to a server with an untrusted certificate', async () => {
      const server = await startMailServer({ encryption, password })
      const failed = await failure(
        send(handlerAt(server, { scheme, requireTls: true, user: `me:${encodeURIComponent(password)}@` })),
      )
      expect(failed.kind).toBe('transient')
      expect(failed.message).toContain('certificate')
      expect(server.taken).toStrictEqual([])
    })
  })

  it('sends nothing, and no password, if STARTTLS was stripped', async () => {
    const server = await startMailServer({ encryption: 'none', password })
    const delivery = send(handlerAt(server, { requireTls: true, user: 'me:right@' }))
    expect(await failure(delivery)).toStrictEqual({
      kind: 'transient',
      message: `The mail server 127.0.0.1:${server.port} cannot be talked to safely: it offers no STARTTLS, or its certificate is not to be trusted. Use smtps://, or name a server whose certificate is good.`,
    })
    expect(server.taken).toStrictEqual([])
  })

  it('treats a wrong password as permanent, and does not show it', async () => {
    const server = await startMailServer({ password })
    const failed = await failure(send(handlerAt(server, { user: 'me:wrong-password@' })))
    expect(failed.kind).toBe('permanent')
    expect(failed.message).toContain('does not let us in: check user and password. It said: 535 5.7.8')
    expect(failed.message).not.toContain('wrong-password')
  })

  it.each([
    ['the connection', { closed: 554 }, undefined, 'permanent'],
    ['the connection temporarily', { closed: 421 }, undefined, 'transient'],
    ['the mail', {}, 554, 'permanent'],
    ['the mail temporarily', {}, 451, 'transient'],
  ] as const)('fails if the server refuses %s', async (_case, options, mishap, kind) => {
    const server = await startMailServer(options)
    if (mishap !== undefined) server.fail(mishap)
    const failed = await failure(send(handlerAt(server)))
    expect(failed.kind).toBe(kind)
    expect(failed.message).toMatch(/^The mail server 127\.0\.0\.1:\d+ refused the mail: (?:421|451|554) /)
    expect(failed.message).toContain(`refused the mail: ${String(failed.status)} `)
    expect(server.taken).toStrictEqual([])
  })

  it('retries only the refused recipients, and names them', async () => {
    const refuses = new Map([['ada@example.net', 450]])
    const server = await startMailServer({ refuses })
    const handler = handlerAt(server)
    expect(await failure(send(handler))).toStrictEqual({
      kind: 'transient',
      message: `The mail server 127.0.0.1:${server.port} refused ada@example.net (450 <ada@example.net> is not served here). The other addresses have it.`,
      status: 450,
    })
    refuses.clear()
    await send(handler)
    expect(server.taken.map(({ recipients }) => recipients)).toStrictEqual([['ops@example.net'], ['ada@example.net']])
    expect(server.taken.map(({ headers }) => headers.get('to'))).toStrictEqual([
      'ops@example.net, Ada <ada@example.net>',
      'ops@example.net, Ada <ada@example.net>',
    ])
  })

  it.each([
    ['every address is permanently', [550, 550], 'permanent'],
    ['one is permanently and one temporarily', [550, 450], 'transient'],
    ['one is permanently', [550, undefined], 'permanent'],
  ] as const)('fails if %s refused: %s', async (_case, [ops, ada], kind) => {
    const codes = [['ops@example.net', ops] as const, ['ada@example.net', ada] as const]
    const refuses = new Map(codes.flatMap(([who, code]) => (code === undefined ? [] : [[who, code] as const])))
    const server = await startMailServer({ refuses })
    const failed = await failure(send(handlerAt(server)))
    expect(failed.kind).toBe(kind)
    expect(failed.message).toContain('ops@example.net (550 <ops@example.net> is not served here)')
  })

  it.each(['hang', 'drop'] as const)('fails temporarily if the answer does not come: %s', async (mishap) => {
    const server = await startMailServer()
    server.fail(mishap)
    expect(await failure(send(handlerAt(server, { timeoutMs: 300 })))).toMatchObject({ kind: 'transient' })
  })

  it('does not wait longer than its timeout for a silent server', async () => {
    const port = await listenForNothing()
    expect(await failure(send(handlerAt({ port }, { timeoutMs: 200 })))).toStrictEqual({
      kind: 'transient',
      message: `The mail server 127.0.0.1:${port} did not answer in time.`,
    })
  })

  it('says what to do if nothing listens', async () => {
    expect(await failure(send(handlerAt({ port: 1 })))).toStrictEqual({
      kind: 'transient',
      message:
        'The mail server 127.0.0.1:1 cannot be reached (ECONNREFUSED): nothing listens at that port. Start the server, or correct host and port.',
    })
  })

  it('stops when aborted, and closes the connection', async () => {
    const server = await startMailServer()
    server.fail('hang')
    const stop = new AbortController()
    const delivery = failure(send(handlerAt(server, { timeoutMs: 600_000 }), stop.signal))
    await expect.poll(server.connections).toBe(1)
    stop.abort()
    expect(await delivery).toStrictEqual({
      kind: 'transient',
      message: `The mail server 127.0.0.1:${server.port} was left: govstream stops, or the delivery took too long.`,
    })
  })
})

describe('text from a chain in a mail', () => {
  const evil = [
    ...injections,
    'a\r\nBcc: evil@example.com',
    'x\n\n<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title></style><style>*{display:none}</style>',
    '<a href="https://evil.example">https://good.example</a>',
    '=?UTF-8?Q?spoofed?=',
    '\r\n.\r\nMAIL FROM:<evil@example.com>',
    '&lt;b&gt; &amp;',
    '\ud800 \u202egnp.exe 😀'.repeat(40),
    'ops@example.net, evil@example.com',
  ]

  async function tell(server: MailServer, text: string): Promise<void> {
    const told = message({
      id: text,
      subject: `main/0xc0ffee/${text}`,
      chain: 'main',
      title: text,
      lines: [text, text],
      facts: [{ name: text, value: text }],
      advice: text,
      links: [
        { label: text, url: 'https://explorer.example/?a=1&b="><b>' },
        { label: text, url: 'javascript:alert(1)' },
      ],
    })
    await send(handlerAt(server, { compose: () => told }))
    expect(server.faults).toStrictEqual([])
    const mail = server.taken.at(-1)
    expect(mail?.recipients).toStrictEqual(['ops@example.net', 'ada@example.net'])
    expect([...(mail?.headers.keys() ?? [])]).not.toContain('bcc')
    expect(mail?.headers.get('subject')).not.toMatch(/[\r\n]/)
    const html = mail?.html ?? ''
    // There are no elements and attributes but ours.
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, name]) => name))
    expect([...tags].filter((name) => !ours.has(name ?? ''))).toStrictEqual([])
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).toStrictEqual([
      'https://explorer.example/?a=1&amp;b=&quot;&gt;&lt;b&gt;',
    ])
    expect(html).toContain('(explorer.example)')
    expect(html).not.toMatch(/<[^>]*\son\w+=/i)
  }

  it.each(evil)('cannot become a header, a recipient or markup: %j', async (text) => {
    await tell(await startMailServer(), text)
  })

  itOnProposals('cannot become a header, a recipient or markup: the texts of real proposals', async (texts) => {
    const server = await startMailServer()
    for (const text of texts) await tell(server, text)
  })

  const ours = new Set('!doctype html head meta title style body div table tr td th p span h1 b br ul li a'.split(' '))
})

describe('a very long mail', () => {
  it('is cut, and says how much is omitted', async () => {
    const server = await startMailServer()
    const long = message({
      title: 'T'.repeat(5_000),
      lines: Array.from({ length: 500 }, (_, at) => `${at} ${'😀'.repeat(2_000)}`),
      facts: Array.from({ length: 52 }, (_, at) => ({ name: `Fact ${at}`, value: 'v'.repeat(2_000) })),
    })
    await send(handlerAt(server, { compose: () => long }))
    const [mail] = server.taken
    expect(server.faults).toStrictEqual([])
    // Gmail cuts a mail longer than 102 kB.
    expect(Buffer.byteLength(mail?.html ?? '')).toBeLessThan(102_000)
    expect(mail?.html).toMatch(/<th[^>]*>…<\/th><td>and \d+ more</)
    expect(mail?.text).toMatch(/and \d+ more/)
  })
})

describe('the settings of mail', () => {
  const settings = (over: object = {}): object => ({
    type: 'email',
    smtp: 'smtps://me:geheim@mail.example.org',
    from: 'watch@example.org',
    to: ['ops@example.net'],
    ...over,
  })
  const problems = (over: object): readonly string[] =>
    (handlerSchema.safeParse(settings(over)).error?.issues ?? []).map(
      ({ path, message: said }) => `${path.join('.')}: ${said}`,
    )

  it.each([
    'watch@example.org',
    'Gov watch <watch@example.org>',
    '"Gov, watch" <watch@example.org>',
    'watch+gov@mail.example.org',
  ])('accept %s', (from) => {
    expect(problems({ from, to: [from] })).toStrictEqual([])
  })

  it.each([
    'watch',
    'watch@',
    '@example.org',
    'a@b@c',
    'a b@example.org',
    'watch@example.org, evil@example.com',
    'x\r\nBcc: evil@example.com <a@example.org>',
    'watch@example.org\nBcc: evil@example.com',
    '<watch@example.org> <evil@example.com>',
    'a..b@example.org',
  ])('refuse %j as an address', (from) => {
    expect(problems({ from })).toStrictEqual([
      'from: expected a mail address, such as ops@example.org or "Gov watch <watch@example.org>"',
    ])
  })

  it.each(['mail.example.org', 'https://mail.example.org', 'smtp://', 'smtp://me@mail.example.org', 'smtp://h/x?a=b'])(
    'refuse %s as a server',
    (smtp) => {
      expect(problems({ smtp })).toHaveLength(1)
    },
  )

  it('keep the password secret', () => {
    const handler = handlerSchema.parse(settings())
    expect(channelOf(handler).secrets(handler)).toStrictEqual({ urls: ['smtps://me:geheim@mail.example.org'] })
  })

  it('are checked without a mail', async () => {
    const server = await startMailServer({ password })
    const check = async (pass: string, requireTls = false): Promise<string | undefined> => {
      const smtp = `smtp://me:${encodeURIComponent(pass)}@127.0.0.1:${server.port}`
      const handler = handlerSchema.parse(settings({ smtp, requireTls }))
      return channelOf(handler).check?.(handler, { http: createHttpClient(), signal: never })
    }
    await expect(check('wrong')).rejects.toThrow('does not let us in')
    await expect(check(password, true)).rejects.toThrow('certificate')
    expect(await check(password)).toBe(`The mail server 127.0.0.1:${server.port} lets us in; watch@example.org sends.`)
    expect(server.taken).toStrictEqual([])
  })
})
