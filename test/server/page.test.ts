import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { request, type ServerResponse } from 'node:http'
import { gunzipSync, gzipSync } from 'node:zlib'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import { z } from 'zod'
import type { Change } from '../../src/domain/proposals/change.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import { openStore } from '../../src/store/openStore.js'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { browserPath } from '../support/browserPath.js'
import { bundled } from '../support/bundled.js'
import { listen } from '../support/servers/listen.js'
import { announcement, at, holding, proposal, queueing, state, turn, upgrade } from '../support/storeGiven.js'
import { type HttpInput, type Serving, serving } from './serving.js'

const now = 1_800_000_000_000
const second = BigInt(now / 1000)
const hostile = '<img src=x onerror=alert(1)> \u202eevil</script><script>document.title="taken"</script>'
const eventStream = { 'content-type': 'text/event-stream' }
const shown = '<img src=x onerror=alert(1)> evil</script><script>document.title="taken"</script>'

beforeAll(buildWhereStale, 180_000)

function stateWith(...heights: readonly (readonly [id: string, name: string, height: number])[]) {
  return state({
    synced: true,
    head: { ...at(10n), timestamp: second },
    lastGoodAt: now,
    blockTime: {
      samples: [0n, 5n, 10n].map((ago) => ({ number: 10n - ago, timestamp: second - 12n * ago })).reverse(),
    },
    proposals: holding(
      proposal('7', {
        title: hostile,
        status: 'voting',
        votingEndsAt: second + 9_000n,
        tally: {
          yes: 3n,
          no: 1n,
          abstain: 0n,
          unit: 'votes',
          quorum: 5n,
          quorumReached: false,
          electorate: 10n,
          turnout: 0.4,
          threshold: 0.5,
          thresholdMet: true,
        },
        attendance: { voted: ['0xa11ce'], missing: ['0xb0b'] },
      }),
    ),
    upgrades: queueing(...heights.map(([id, name, height]) => upgrade(id, { name, height }))),
  })
}

/** A server over a chain with one scheduled upgrade, a running vote and a notification. */
function servingStory(http: HttpInput = {}): Promise<Serving> {
  const store = openStore({ path: ':memory:', journal: 1_000 })
  onTestFinished(() => store.close())
  store.commit(
    turn({
      state: stateWith(['8', 'v2.0.0', 4_000]),
      announcements: [announcement('a', { priority: 'critical', title: hostile })],
    }),
    () => ['webhook'],
  )
  return serving(http, { store, now: () => now })
}

/** The text of the first section of a page. */
function firstSection(page: string): string {
  return (/<section id="next"[^>]*>(.*?)<\/section>/s.exec(page)?.[1] ?? '')
    .replaceAll(/(?:\s|<[^>]*>)+/g, ' ')
    .trimStart()
}

describe('the page', () => {
  it('redirects a user who must log in', async () => {
    const { ask } = await serving()
    const { status, headers } = await ask('/', { headers: { forwarded: 'for=192.0.2.1' } })
    expect([status, headers['location']]).toStrictEqual([303, '/login'])
  })

  it('allows only its own style and files, which browsers cache forever', async () => {
    const { ask } = await servingStory()
    const { headers, text } = await ask('/')
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(text)?.[1] ?? ''
    const asset = await ask(script)
    const [, style = '', ...more] = text.split(/<style>|<\/style>/)
    expect(more).toHaveLength(1)
    const hash = createHash('sha256').update(style).digest('base64')
    const policy = `default-src 'none'; script-src 'self'; style-src 'sha256-${hash}'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`
    expect(headers['content-security-policy']).toBe(policy)
    expect((await ask('/login')).headers['content-security-policy']).toBe(policy)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect([asset.status, asset.headers['cache-control']]).toStrictEqual([200, 'public, max-age=31536000, immutable'])
    expect((await ask('/assets/other.js')).status).toBe(404)
  })

  it('shows no end of a vote that is over before it, such as a canceled one', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const ends = (id: string, status: Proposal['status'], votingEndsAt: bigint, parts: Partial<Proposal> = {}) =>
      proposal(id, {
        ...parts,
        status,
        votingEndsAt,
        ...(status !== 'voting' && { closedAt: { block: 9n, timestamp: 9n } }),
      })
    const proposals = holding(
      ends('open', 'voting', second + 60n),
      ends('canceled', 'canceled', second + 60n),
      ends('early', 'rejected', second + 60n),
      ends('late', 'rejected', second - 60n),
      ends('withdrawn', 'canceled', second - 60n),
      ends('decided', 'executed', second - 60n, { system: 'gov-base' }),
      ends('lapsed', 'expired', second - 60n, { system: 'gov-base' }),
    )
    store.commit(turn({ state: { ...stateWith(), proposals } }), () => [])
    const { ask } = await serving({}, { store, now: () => now })
    const articles = (await ask('/')).text.split('<article>').slice(1)
    const told = articles.map((article) => {
      const text = article.replaceAll(/<[^>]*>/g, '')
      return [
        /^Proposal (\w+?)(?:voting|canceled|rejected|executed|expired)/.exec(text)?.[1],
        / · (ends|ended) /.exec(text)?.[1],
      ]
    })
    expect(new Map(told.map(([id, end]) => [id, end]))).toStrictEqual(
      new Map([
        ['open', 'ends'],
        ['canceled', undefined],
        ['early', undefined],
        ['late', 'ended'],
        ['withdrawn', undefined],
        ['decided', undefined],
        ['lapsed', 'ended'],
      ]),
    )
  })

  it('shows the result of the last upgrade of a chain, and what to do after a failure', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const checks = [
      { id: 'block', verdict: 'failed', reason: 'b:1 is on another chain.', todo: 'Look at b:1.' },
      { id: 'signature', verdict: 'passed', reason: 'It signs.' },
    ] as const
    const postCheck = { since: now, verdict: 'failed', checkedAt: now - 3_600_000, checks } as const
    const upgrades = queueing(upgrade('1', { name: 'v1', height: 5, status: 'failed', postCheck }))
    store.commit(turn({ state: { ...stateWith(), upgrades } }), () => [])
    const { ask } = await serving({}, { store, now: () => now })
    const text = (await ask('/')).text.replaceAll(/<[^>]*>/g, '')
    expect(text).toContain('Last upgrade v1 did not go well 1 h ago: b:1 is on another chain. Look at b:1.')
    expect(text).not.toContain('ago: b:1 is on another chain. Look at b:1. It signs.')
  })

  it('escapes markup in text from a chain', async () => {
    const { ask } = await servingStory()
    const { text } = await ask('/')
    expect(text).not.toContain('<img')
    expect(text.match(/<script/g)).toHaveLength(2)
  })

  it('does not claim that nothing is scheduled for a chain that was never read', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const { ask } = await serving({}, { store, now: () => now })
    const said = async (): Promise<string> => (await ask('/')).text.replaceAll(/<[^>]*>/g, ' ')
    const before = await said()
    expect(before).toContain('local has not been read yet: its upgrades and votes are not known.')
    expect(before).not.toMatch(/Nothing is scheduled|No vote is open|No upgrade is/)
    store.commit(turn({ state: { ...stateWith(), proposals: holding() } }), () => [])
    const after = await said()
    expect(after).toMatch(/Nothing is scheduled.*No upgrade is.*No vote is open on any chain/s)
    expect(after).not.toContain('not been read')
  })

  it.each<[string, Partial<Upgrade>, RegExp]>([
    ['is in the vote', { status: 'pending' }, /^Next upgrade, in the vote v9 on local .* Height 9 Blocks left 0 /],
    [
      'awaits its execution',
      { status: 'pending', awaits: 'execution' },
      /^Next upgrade, awaits execution v9 on local /,
    ],
    [
      'is in progress',
      { status: 'in_progress', triggeredAt: 9n },
      /^Upgrade in progress v9 on local Height reached Height 9 Status in progress $/,
    ],
    [
      'failed',
      { status: 'failed', completedAt: 9n, reasons: ['No block for 10 min.'] },
      /^Failed upgrade v9 on local Failed Height 9 Status failed No block for 10 min\. $/,
    ],
    [
      'is blocked by the content of its file',
      { status: 'refused', blocked: true, reasons: ['It holds v3.'] },
      /^Refused upgrade v9 on local Refused Height 9 Status refused It holds v3\. $/,
    ],
  ])('says first that an upgrade %s', async (_, parts, said) => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const upgrades = queueing(upgrade('9', { name: 'v9', height: 9, ...parts }))
    store.commit(turn({ state: { ...stateWith(), upgrades } }), () => [])
    const { ask } = await serving({}, { store, now: () => now })
    expect(firstSection((await ask('/')).text)).toMatch(said)
  })

  it('shows the scheduled upgrade below one that failed', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const upgrades = queueing(
      upgrade('9', { name: 'v9', height: 9, status: 'failed', completedAt: 9n }),
      upgrade('8', { name: 'v10', height: 4_000 }),
    )
    store.commit(turn({ state: { ...stateWith(), upgrades } }), () => [])
    const { ask } = await serving({}, { store, now: () => now })
    expect((await ask('/')).text.replaceAll(/<[^>]*>/g, ' ')).toMatch(/Failed upgrade +v9 .*Next upgrade +v10 .*Queue/s)
  })

  it('says beside the countdown that its chain is no longer read', async () => {
    const { ask } = await servingStory()
    expect((await ask('/')).text).not.toContain('The countdown is as of then')
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const { health, ...rest } = stateWith(['8', 'v2.0.0', 4_000])
    const lastGoodAt = now - 7_200_000
    store.commit(turn({ state: { ...rest, lastGoodAt, health: { ...health, state: 'down' } } }), () => [])
    const served = await serving({}, { store, now: () => now })
    const text = (await served.ask('/')).text.replaceAll(/<[^>]*>/g, '')
    expect(text).toContain('local is down, read 2 h ago. The countdown is as of then.')
  })

  it('draws the quorum only if the counted votes decide whether it is reached', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const counts = { yes: 1n, no: 3n, abstain: 0n, unit: 'votes', quorumReached: false }
    const [differs, short] = [3n, 5n].map((quorum) => proposal(`${quorum}`, { tally: { ...counts, quorum } }))
    store.commit(turn({ state: state({ proposals: holding(differs!) }) }), () => [])
    const { ask } = await serving({}, { store })
    const first = (await ask('/')).text
    expect(first).toContain('quorum 3, not reached: not all of these count towards it')
    expect(first).not.toContain('class="needle"')
    store.commit(turn({ state: state({ proposals: holding(short!) }) }), () => [])
    const second = (await ask('/')).text
    expect(second).toMatch(/quorum 5, not reached</)
    expect(second).toContain('class="needle"')
  })

  it('says which votes count towards the quorum, if known', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const counts = { yes: 1n, no: 3n, abstain: 0n, unit: 'votes', quorum: 3n, quorumReached: false }
    const [some, all] = [['yes', 'abstain'] as const, ['yes', 'no', 'abstain', 'veto'] as const].map((quorumCounts) =>
      proposal(String(quorumCounts.length), { tally: { ...counts, quorumCounts } }),
    )
    store.commit(turn({ state: state({ proposals: holding(some!, all!) }) }), () => [])
    const { ask } = await serving({}, { store })
    const { text } = await ask('/')
    expect(text).toMatch(/quorum 3 of For and Abstain, not reached</)
    expect(text).toMatch(/quorum 3 of all votes, not reached</)
  })

  it('has no abstentions for a council whose members only approve or reject', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const counts = { yes: 1n, no: 0n, abstain: 0n, unit: 'members' }
    const shown = async (system: 'gov-base' | 'governor'): Promise<string> => {
      store.commit(turn({ state: state({ proposals: holding(proposal('1', { system, tally: counts })) }) }), () => [])
      const { ask } = await serving({}, { store })
      return (await ask('/')).text.replaceAll(/<[^>]*>/g, '')
    }
    expect(await shown('governor')).toMatch(/for 1against 0abstain 0members/)
    expect(await shown('gov-base')).toMatch(/approve 1reject 0members/)
  })

  it('says since when a delivery waits, which is not its last try', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    store.commit(turn({ state: state(), announcements: [announcement('a')] }), () => ['webhook'])
    store.postpone(store.due(now, 1)[0]!, now + 41_000, { reason: '503' })
    const { ask } = await serving({}, { store, now: () => now })
    const text = (await ask('/')).text.replaceAll(/<[^>]*>/g, '')
    expect(text).toContain('1 try, since 1970-01-01 00:00 UTC, again in 41 s: 503')
  })

  it('says what waits to be sent, and only then that nothing was sent', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const { ask } = await serving({}, { store, now: () => now })
    const deliveries = async (): Promise<string> =>
      (await ask('/')).text
        .replaceAll(/<script.*/g, '')
        .replaceAll(/<[^>]*>/g, '')
        .split('Deliveries')
        .at(-1) ?? ''
    expect(await deliveries()).toContain('Nothing has been sent yet')
    const at = now - 60_000
    store.commit(turn({ state: state(), announcements: [announcement('a')], time: at }), () => ['webhook'])
    expect(await deliveries()).toContain('webhook: 1 waits, queued 1 min ago')
    store.commit(turn({ state: state(), announcements: [announcement('b')], time: now }), () => ['webhook'])
    expect(await deliveries()).toContain('webhook: 2 wait, the oldest queued 1 min ago')
    expect(await deliveries()).not.toContain('Nothing has been sent')
  })

  it('says of a proposal without a tally whether its vote has begun', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const { ask } = await serving({}, { store })
    const commit = (status: 'submitted' | 'voting') =>
      store.commit(turn({ state: state({ proposals: holding(proposal('1', { status })) }) }), () => [])
    commit('submitted')
    expect((await ask('/')).text).toContain('Voting has not started.')
    commit('voting')
    expect((await ask('/')).text).toContain('The chain does not report a tally of this vote.')
  })

  it('does not say that nobody voted if votes are counted but voters are unknown', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const attendance = { voted: [], missing: ['0xb0b'] }
    const [counted, none] = [1n, 0n].map((yes) =>
      proposal(String(yes), { tally: { yes, no: 0n, abstain: 0n, unit: 'votes' }, attendance }),
    )
    store.commit(turn({ state: state({ proposals: holding(counted!, none!) }) }), () => [])
    const { ask } = await serving({}, { store })
    const summaries = (await ask('/')).text.match(/(?<=<summary>)[^<]*/g)
    expect(summaries?.sort()).toStrictEqual(['0 voted, 1 missing', 'who voted is not known, 1 missing'])
  })

  it('does not say that all voters are listed if more votes are counted than listed', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const counted = (yes: bigint) => proposal(String(yes), { tally: { yes, no: 0n, abstain: 0n, unit: 'votes' } })
    const [all, some] = [counted(2n), counted(7n)]
    const { chain, contract } = all
    const from = { chain, contract, voter: '0xa11ce', choice: 'yes', weight: 2n, reason: '', block: 1n } as const
    const changes = [all, some].map(({ id }, index): Change => ({
      type: 'voteCast',
      chain,
      at: 1n,
      time: 1n,
      vote: { ...from, id, index },
    }))
    store.commit(turn({ state: state({ proposals: holding(all, some) }), changes }), () => [])
    const { ask } = await serving({}, { store })
    const summaries = (await ask('/')).text.match(/(?<=<summary>)[^<]*voted/g)
    expect(summaries?.sort()).toStrictEqual(['1 voted', 'at least 1 voted'])
  })

  it('is served even if a number of the chain is not a number', async () => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const turnout = Number.NaN
    const cast = { yes: 1n, no: 0n, abstain: 0n, unit: 'votes', turnout }
    const [open, over] = [
      proposal('1', { tally: cast }),
      proposal('2', { tally: cast, status: 'executed', closedAt: { block: 1n, timestamp: 1n }, votingEndsAt: 1n }),
    ]
    store.commit(turn({ state: state({ proposals: holding(open, over) }) }), () => [])
    const { ask } = await serving({}, { store })
    const { status, text } = await ask('/')
    expect(status).toBe(200)
    expect(text).toContain('Proposal 1')
    expect((await ask('/page.json')).json()).toMatchObject({ participation: [] })
  })

  it('is compressed for clients that accept it, and so are its files', async () => {
    const { ask } = await servingStory()
    const script = /src="(\/assets\/[^"]+\.js)"/.exec((await ask('/')).text)?.[1] ?? ''
    for (const path of ['/', '/page.json', script]) {
      const plain = await ask(path)
      const packed = await ask(path, { headers: { 'accept-encoding': 'gzip, br' } })
      expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toStrictEqual([undefined, 'gzip'])
      expect(plain.headers['vary']).toBe('Accept-Encoding')
      expect(gunzipSync(packed.bytes).toString()).toBe(plain.text)
      expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2)
    }
    const refused = await ask('/', { headers: { 'accept-encoding': 'gzip;q=0' } })
    expect(refused.headers['content-encoding']).toBeUndefined()
  })

  it('is read again only if more than its time changed', async () => {
    let at = now
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    store.commit(turn({ state: stateWith(['8', 'v2.0.0', 4_000]) }), () => [])
    const { ask } = await serving({}, { store, now: () => at })
    const first = await ask('/page.json')
    const again = { headers: { 'if-none-match': String(first.headers['etag']), 'accept-encoding': 'gzip' } }
    at += 5_000
    expect(await ask('/page.json', again)).toMatchObject({ status: 304, text: '' })
    store.commit(turn({ state: stateWith(['8', 'v2.0.0', 4_000], ['9', 'v1.9.9', 500]) }), () => [])
    expect((await ask('/page.json', again)).status).toBe(200)
  })

  it('has a script of less than 100 kB', () => {
    const assets = new URL('../../dist/page/assets/', import.meta.url)
    const sizes = readdirSync(assets)
      .filter((name) => name.endsWith('.js'))
      .map((name) => gzipSync(readFileSync(new URL(name, assets))).length)
    expect(sizes.length).toBeGreaterThan(0)
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(100_000)
  })
})

describe.skipIf(!existsSync(browserPath))('the page in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
  })
  afterAll(() => browser.close())

  /** A page of the server, and its errors. */
  async function opened(
    { url }: Serving,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ readonly page: Page; readonly wrong: readonly string[] }> {
    const page = await browser.newPage(options)
    onTestFinished(() => page.close())
    const wrong: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') wrong.push(message.text())
    })
    page.on('pageerror', ({ message }) => wrong.push(message))
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) wrong.push(request.url())
    })
    await page.goto(url)
    return { page, wrong }
  }

  it('shows the next upgrade, the votes and the inbox without a script', async () => {
    const { page } = await opened(await servingStory(), { javaScriptEnabled: false })
    expect(await page.locator('#next').innerText()).toMatch(/v2\.0\.0 on local\n+13:18:00\n/)
    expect(await page.locator('#proposals h3').innerText()).toBe(shown)
    expect(await page.locator('#inbox').innerText()).toContain(shown)
  })

  it('is complete in print: nothing is deferred, and no list scrolls', async () => {
    const { page } = await opened(await servingStory(), { javaScriptEnabled: false })
    await page.emulateMedia({ media: 'print' })
    const read = `[...document.querySelectorAll('main section, main .rows')].map((one) => {
      const { contentVisibility, overflowY } = getComputedStyle(one)
      return contentVisibility + ' ' + overflowY
    })`
    expect(new Set(z.array(z.string()).parse(await page.evaluate(read)))).toStrictEqual(new Set(['visible visible']))
  })

  it('is dark on light in print, and no page breaks within an entry', async () => {
    const { page } = await opened(await servingStory(), { javaScriptEnabled: false, colorScheme: 'dark' })
    const ink = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).color')
    const onScreen = await ink()
    await page.emulateMedia({ media: 'print' })
    for (const theme of ['', 'dark']) {
      await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`)
      expect(await ink()).toBe('rgb(20, 24, 31)')
    }
    expect(onScreen).not.toBe('rgb(20, 24, 31)')
    const entries = `[...document.querySelectorAll('main article, main li, main tbody tr')].map((one) => getComputedStyle(one).breakInside)`
    expect(new Set(z.array(z.string()).parse(await page.evaluate(entries)))).toStrictEqual(new Set(['avoid']))
  })

  it.for([360, 768, 1280, 2560])('aligns its name with its content, %i px wide', async (width) => {
    const { page } = await opened(await servingStory(), { viewport: { width, height: 900 } })
    const box = async (part: string) => (await page.locator(part).boundingBox()) ?? { x: -1, y: -1, width: 0 }
    const [name, button, next] = [await box('.top h1'), await box('.top button'), await box('#next')]
    expect(Math.abs(name.x - next.x)).toBeLessThan(2)
    expect(Math.abs(button.x + button.width - (next.x + next.width))).toBeLessThan(2)
    expect(Math.abs(name.y - button.y)).toBeLessThan(15)
  })

  it('is shown after a login, also without a script', async () => {
    const tokens = { read: 'token-that-reads' }
    const served = await servingStory({ listen: '0.0.0.0:0', tokens })
    const url = served.url.replace('0.0.0.0', '127.0.0.1')
    const { page, wrong } = await opened({ ...served, url }, { javaScriptEnabled: false })
    await page.getByLabel('Token').fill('another-token')
    await page.getByRole('button', { name: 'Log in' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('neither the token of http.tokens.read')
    await page.getByLabel('Token').fill(tokens.read)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.locator('#next').waitFor()
    expect(page.url()).toBe(`${url}/`)
    // The browser reports the one refusal.
    expect(wrong.filter((one) => !one.includes('401'))).toStrictEqual([])
  })

  it('shows a new upgrade without a reload', async () => {
    const served = await servingStory()
    const { page, wrong } = await opened(served)
    await page.getByText('Live', { exact: true }).waitFor()
    const next = turn({ state: stateWith(['8', 'v2.0.0', 4_000], ['9', 'v1.9.9', 500]) })
    void served.store.commit(next, () => [])
    served.turn$.next(next)
    await page.locator('#next h2').getByText('v1.9.9').waitFor()
    expect(wrong).toStrictEqual([])
  })

  it('says since when the server does not answer', async () => {
    const served = await servingStory()
    const { page } = await opened(served)
    await page.getByText('Live', { exact: true }).waitFor()
    await served.stop()
    await page.getByText(/^Connection lost since .*; data as of/).waitFor()
    expect(await page.title()).toBe('govstream')
  })

  it('continues if only the time changed', async () => {
    const served = await servingStory()
    const { page, wrong } = await opened(served)
    await page.getByText('Live', { exact: true }).waitFor()
    const answers: number[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('/page.json')) answers.push(response.status())
    })
    const same = turn({ state: stateWith(['8', 'v2.0.0', 4_000]) })
    while (!answers.includes(304)) {
      const answer = page.waitForResponse(/page\.json/)
      void served.store.commit(same, () => [])
      served.turn$.next(same)
      await answer
    }
    await page.getByText('Live', { exact: true }).waitFor()
    expect(wrong).toStrictEqual([])
  })

  /**
   * The story behind a proxy that answers instead as long as `answers` returns something, and
   * the requests to it.
   */
  async function behindProxy(answers: (path: string) => ((response: ServerResponse) => void) | undefined) {
    const served = await servingStory()
    const asked: string[] = []
    const proxy = await listen(({ url: path = '' }, response) => {
      asked.push(path)
      const answer = answers(path)
      if (answer !== undefined) {
        answer(response)
        return
      }
      const passed = request(served.url + path, (from) => {
        response.writeHead(from.statusCode ?? 0, from.headers)
        from.pipe(response)
      })
      passed.end()
      response.on('close', () => passed.destroy())
    })
    onTestFinished(() => proxy.stop())
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.clock.install()
    const next = turn({ state: stateWith(['8', 'v2.0.0', 4_000], ['9', 'v1.9.9', 500]) })
    const move = () => {
      void served.store.commit(next, () => [])
      served.turn$.next(next)
    }
    return { page, url: proxy.url, move, streams: () => asked.filter((path) => path.endsWith('/events')).length }
  }

  it('reconnects after a proxy reported for a while that the server is down', async () => {
    let isGone = true
    const badGateway = (response: ServerResponse): void => void response.writeHead(502).end()
    const isFile = (path: string): boolean => path === '/' || path.startsWith('/assets/')
    const behind = await behindProxy((path) => (isGone && !isFile(path) ? badGateway : undefined))
    const { page, url, move, streams } = behind
    await page.goto(url)
    await page.getByText(/^Connection lost since/).waitFor()
    isGone = false
    await page.clock.fastForward('00:05')
    await page.getByText('Live', { exact: true }).waitFor()
    await page.clock.fastForward('00:15')
    await expect.poll(streams).toBeGreaterThan(1)
    move()
    await page.locator('#next h2').getByText('v1.9.9').waitFor()
  })

  it('detects by itself that its connection is silent', async () => {
    const silent = (response: ServerResponse): void => {
      response.writeHead(200, eventStream).flushHeaders()
    }
    let streams = 0
    const behind = await behindProxy((path) => (path.endsWith('/events') && ++streams === 1 ? silent : undefined))
    const { page, url, move } = behind
    const read = page.waitForResponse(/page\.json/)
    await page.goto(url)
    await read
    move()
    await page.clock.fastForward('01:00')
    await page.locator('#next h2').getByText('v1.9.9').waitFor()
    await expect.poll(() => streams).toBe(2)
  })

  it('can be followed from the page of another site with connectMonitor', async () => {
    const token = 'token-that-reads'
    const elsewhere = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end(`<script type="module">${script}</script>`)
    })
    onTestFinished(() => elsewhere.stop())
    const store = openStore({ path: ':memory:', journal: 1_000 })
    onTestFinished(() => store.close())
    let latest = stateWith(['8', 'v2.0.0', 4_000])
    store.commit(turn({ state: latest }), () => [])
    const http = { tokens: { read: token }, cors: [elsewhere.url] }
    const served = await serving(http, { store, states: () => [latest] })
    const { text: script } = await bundled(`
      import { connectMonitor } from 'govstream/remote'
      const { upgrades$ } = connectMonitor({ url: '${served.url}', token: '${token}' })
      upgrades$.subscribe(({ upgrades }) => (document.title = upgrades.map(({ name }) => name).join()))
    `)
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.goto(elsewhere.url)
    const told = (title: string) => page.waitForFunction(`document.title === '${title}'`)
    await told('v2.0.0')
    latest = stateWith(['8', 'v2.0.0', 4_000], ['9', 'v1.9.9', 500])
    const next = turn({
      state: latest,
      touched: { proposals: [], upgrades: [upgrade('9').key], sightings: [], announcedIds: [] },
    })
    store.commit(next, () => [])
    served.turn$.next(next)
    await told('v1.9.9,v2.0.0')
    expect(served.logged.filter((line) => line.includes(token))).toStrictEqual([])
  })

  it('is usable by keyboard, with a skip link first', async () => {
    const { page } = await opened(await servingStory())
    await page.getByText('Live', { exact: true }).waitFor()
    const focused = () => page.evaluate('document.activeElement.textContent.trim()')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('To what is next')
    const order: unknown[] = []
    for (let step = 0; step < 10; step += 1) {
      await page.keyboard.press('Tab')
      order.push(await focused())
    }
    expect(order.slice(0, 9)).toStrictEqual([
      'Next',
      'Queue',
      'Proposals',
      'Chains',
      'Participation',
      'Inbox',
      'Deliveries',
      'Why',
      'Light or dark',
    ])
    await page.locator('#proposals summary').focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('#proposals .voters').innerText()).toContain('0xb0b')
    await page.locator('.skip').focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => new URL(page.url()).hash).toBe('#next')
  })

  it('shows the focus ring completely, also on a phone', async () => {
    const { page } = await opened(await servingStory(), { viewport: { width: 375, height: 800 } })
    await page.getByText('Live', { exact: true }).waitFor()
    const cut = `(() => {
      const { top, right, bottom, left } = document.activeElement.getBoundingClientRect()
      const { outlineWidth, outlineOffset } = getComputedStyle(document.activeElement)
      const ring = parseFloat(outlineWidth) + parseFloat(outlineOffset)
      const isWithin = (box) =>
        top - ring >= box.top && left - ring >= box.left && right + ring <= box.right && bottom + ring <= box.bottom
      const clips = []
      for (let one = document.activeElement.parentElement; one !== null; one = one.parentElement)
        if (getComputedStyle(one).overflowX === 'auto' && !isWithin(one.getBoundingClientRect())) clips.push(one.tagName)
      if (left - ring < 0 || top - ring < 0) clips.push('window')
      return clips.map((by) => document.activeElement.textContent.trim() + ' by ' + by)
    })()`
    const seen: unknown[] = []
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press('Tab')
      seen.push(await page.evaluate(cut))
    }
    expect(seen.flat()).toStrictEqual([])
  })

  it('switches between light and dark, and keeps that after a reload', async () => {
    const { page } = await opened(await servingStory(), { colorScheme: 'light' })
    await page.getByText('Live', { exact: true }).waitFor()
    const look = () =>
      page.evaluate(
        '[document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor].join(" ")',
      )
    const before = await look()
    await page.getByRole('button', { name: 'Light or dark' }).click()
    const dark = await look()
    expect(dark).toMatch(/^dark /)
    await page.reload({ waitUntil: 'domcontentloaded' })
    expect(await look()).toBe(dark)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Light or dark' }).click()
    expect(await look()).toBe(String(before).replace(/^\S* /, 'light '))
  })

  it.each([
    ['on three days', 86_400],
    ['at one moment', 0],
  ])('plots the turnout of closed votes that ended %s', async (_, apart) => {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const over = [0.2, 0.8, 0.4].map((turnout, index) =>
      proposal(String(index), {
        status: 'executed',
        votingEndsAt: second - BigInt(apart * (index + 1)),
        closedAt: { block: 1n, timestamp: 1n },
        tally: { yes: 1n, no: 0n, abstain: 0n, unit: 'votes', turnout },
      }),
    )
    store.commit(turn({ state: state({ proposals: holding(...over) }) }), () => [])
    const { page, wrong } = await opened(await serving({}, { store, now: () => now }))
    await page.locator('#participation canvas').waitFor()
    await page.waitForFunction(
      `(() => {
        const canvas = document.querySelector('#participation canvas')
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        return data.some((part, index) => index % 4 === 3 && part > 200)
      })()`,
    )
    // The dates are below.
    const days = `(() => {
      const canvas = document.querySelector('#participation canvas')
      const { data } = canvas.getContext('2d').getImageData(0, canvas.height - 40, canvas.width, 40)
      return data.some((part, index) => index % 4 === 3 && part > 0)
    })()`
    expect(await page.evaluate(days)).toBe(true)
    expect((await page.locator('#participation canvas').boundingBox())?.width).toBeGreaterThanOrEqual(200)
    await page.locator('#participation summary').click()
    expect(new Set(await page.locator('#participation .share').allInnerTexts())).toStrictEqual(
      new Set(['20 %', '80 %', '40 %']),
    )
    expect(wrong).toStrictEqual([])
  })

  it('cuts nothing off in the queue on the narrowest phone', async () => {
    const served = await servingStory()
    const { upgrades, ...rest } = stateWith(['8', 'v2.0.0', 4_000])
    const begun = upgrade('10', { name: 'v1', height: 114, status: 'in_progress', triggeredAt: second })
    const both = { ...rest, upgrades: new Map([...upgrades, [begun.key, begun]]) }
    void served.store.commit(turn({ state: both }), () => [])
    const { page } = await opened(served, { viewport: { width: 320, height: 800 } })
    await page.getByText('in progress', { exact: true }).first().waitFor()
    const beyond = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('#queue .scroll'))`
    expect(await page.evaluate(beyond)).toBe(0)
  })

  it.each(['light', 'dark'] as const)('is accessible, and fits a phone, in the %s theme', async (colorScheme) => {
    const served = await servingStory()
    const announcements = Array.from({ length: 30 }, (_, index) => announcement(`more-${index}`))
    const long = 'W'.repeat(300)
    const { upgrades, ...rest } = stateWith(['8', 'v2.0.0', 4_000], ['9', long, 40_000])
    const refused = upgrade('10', { name: 'v1', status: 'refused', reasons: [long] })
    const crowded = { ...rest, upgrades: new Map([...upgrades, [refused.key, refused]]) }
    void served.store.commit(turn({ state: crowded, announcements }), () => [])
    const { page, wrong } = await opened(served, { colorScheme, viewport: { width: 390, height: 844 } })
    await page.getByText('Live', { exact: true }).waitFor()
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
    const violations = async (): Promise<unknown> => {
      await page.evaluate(axe.source)
      return page.evaluate('axe.run().then((all) => all.violations.map(({ id }) => id))')
    }
    expect(await violations()).toStrictEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    // A name of any length is neither below the status nor before it.
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 })
      const boxes = `[...document.querySelectorAll('#queue tbody tr')].map((row) => [row.cells[0].firstChild, row.cells[4].firstChild].map((one) => one.getBoundingClientRect().toJSON()))`
      const apart = `${boxes}.map(([name, status]) => name.right <= status.left && status.right < ${width})`
      expect(await page.evaluate(apart)).toStrictEqual([true, true, true])
    }
    await page.setViewportSize({ width: 390, height: 844 })
    // Nothing is below the last element.
    const end = 'document.documentElement.scrollHeight - Math.ceil(document.body.getBoundingClientRect().bottom)'
    expect(await page.evaluate(end)).toBeLessThanOrEqual(1)
    // The target of a section link is not hidden below the fixed header.
    await page.getByRole('link', { name: 'Chains' }).click()
    const isBelow = `document.querySelector('#chains').getBoundingClientRect().top >= document.querySelector('.top').getBoundingClientRect().bottom`
    expect(await page.evaluate(isBelow)).toBe(true)
    await page.goto(`${served.url}/login`)
    expect(await violations()).toStrictEqual([])
    expect(wrong).toStrictEqual([])
  })
})
