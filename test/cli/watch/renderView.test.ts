import fc from 'fast-check'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../../src/cli/output/displayWidth.js'
import type { Picture } from '../../../src/cli/watch/Picture.js'
import { pageSizeOf, renderView, type Scene } from '../../../src/cli/watch/renderView.js'
import { firstView, itemsOf, type View } from '../../../src/cli/watch/stepView.js'
import * as any from '../../support/anyState.js'
import { at, notification, proposal, queueing, state, upgrade } from '../../support/storeGiven.js'

const now = 1_700_000_000_000
const next = upgrade('7', { name: 'v2', height: 1_000 })
const picture: Picture = {
  from: 'govstream.db',
  chains: [
    {
      chain: 'local',
      enabled: true,
      outages: [],
      state: {
        ...state({
          head: { ...at(400n), timestamp: 1_699_999_995n },
          lastGoodAt: now - 5_000,
          blockTime: {
            samples: [
              { number: 300n, timestamp: 1_699_999_795n },
              { number: 400n, timestamp: 1_699_999_995n },
            ],
          },
        }),
        upgrades: queueing(next),
        open: 1,
      },
    },
  ],
  upgrades: [next],
  proposals: Array.from({ length: 30 }, (_, index) => ({
    estimated: false,
    proposal: proposal(String(index), {
      title: `Title ${index}`,
      votingEndsAt: BigInt(now / 1000 + 3_600),
      tally: { yes: 3n, no: 1n, abstain: 0n, unit: 'votes', quorumReached: index % 2 === 0 },
    }),
  })),
  events: [notification('e1', { event: 'voting_started', title: 'The vote runs' })],
}
const scene = (over: Partial<Scene> = {}): Scene => ({
  picture,
  view: firstView,
  columns: 80,
  rows: 24,
  color: false,
  now,
  ...over,
})
const shown = (over: Partial<Scene> = {}): string => renderView(scene(over)).join('\n')

describe('the overview', () => {
  it('shows the problem of a chain in a line of its own if its column would cut it', () => {
    const problem = 'node:1 cannot be reached (ECONNREFUSED): nothing listens at that port. Start the server.'
    const [chain] = picture.chains
    const health = { ...chain!.state!.health, state: 'down' as const, problem }
    const down: Picture = { ...picture, chains: [{ ...chain!, state: { ...chain!.state!, health } }] }
    expect(shown({ picture: down })).toContain(`DOWN: local: ${problem}`.slice(0, 79))
    expect(shown({ picture: down, columns: 200 })).not.toContain('DOWN: local')
  })

  it.each([
    [80, 24],
    [120, 40],
    [40, 10],
  ])('of %d by %d shows the countdown, and the chains, upgrades, votes and events that fit', (columns, rows) => {
    const lines = renderView(scene({ columns, rows }))
    expect(lines).toHaveLength(rows)
    expect(lines[1]).toContain('NEXT: v2 on local at 1,000')
    for (const title of rows < 20 ? ['CHAIN'] : ['CHAIN', 'UPGRADE', 'PROPOSAL', 'EVENT'])
      expect(lines.some((line) => line.trim().startsWith(title))).toBe(true)
  })

  it('counts down by the clock, also without a new block', () => {
    expect(shown()).toContain('in 600 blocks, about 19 min 55 s')
    expect(shown({ now: now + 10_000 })).toContain('in 600 blocks, about 19 min 45 s')
    expect(shown({ now: now + 3_600_000 })).toContain('in 600 blocks, any moment')
  })

  it('shows a vote as a bar, with its quorum and end', () => {
    expect(shown()).toMatch(/0 .*voting.*in 1 h .*████░ 75 %.*reached.*Title 0/)
  })

  it('shows the result of the last upgrade of each chain in a line, failures first', () => {
    const [local] = picture.chains
    const lookedAt = (chain: string, verdict: 'passed' | 'failed', checkedAt: number) => ({
      ...local!,
      chain,
      state: {
        ...local!.state!,
        chain,
        upgrades: queueing(
          upgrade('1', {
            chain,
            name: 'v1',
            status: 'completed',
            postCheck: {
              since: checkedAt,
              verdict,
              checkedAt,
              checks: [{ id: 'block', verdict, reason: 'b:1 is on another chain.', todo: 'Look at it.' }],
            },
          }),
        ),
      },
    })
    const hour = 3_600_000
    const chains = [lookedAt('well', 'passed', now - hour), lookedAt('old', 'passed', now - 30 * hour)]
    const bad = [lookedAt('bad', 'failed', now - 50 * hour)]
    const lines = renderView(scene({ picture: { ...picture, chains: [...chains, ...bad] } }))
    expect(lines.filter((line) => line.startsWith('LAST'))).toStrictEqual([
      'LAST: v1 on bad did not go well, 2 d 2 h ago: b:1 is on another chain.',
      'LAST: v1 on well came out well, 1 h ago',
    ])
    const [one] = chains
    const upgrades = [...one!.state.upgrades.values()]
    const view: View = { page: 'item', scroll: 0, selected: { list: 'upgrades', key: upgrades[0]!.key } }
    expect(shown({ picture: { ...picture, chains, upgrades }, view })).toContain(
      'It came out well. b:1 is on another chain. Look at it.',
    )
  })

  it('shows which channels are down, for how long, and how many notifications wait, at any width', () => {
    const down = (channel: string, minutes: number, waiting: number) => ({
      ...{ channel, waiting, since: now - minutes * 60_000, reason: `The receiver of ${channel} answered 503.` },
    })
    const channelsDown = [down('pager', 12, 31), down('ops', 300, 1), down('mail', 1, 2), down('log', 1, 2)]
    const lines = (over: Partial<Scene>): readonly string[] =>
      renderView(scene({ picture: { ...picture, channelsDown }, ...over })).filter((line) => line.startsWith('DOWN'))
    expect(lines({ columns: 120, rows: 40 })).toStrictEqual([
      'DOWN: channel ops for 5 h, 1 notification waits: The receiver of ops answered 503.',
      'DOWN: channel pager for 12 min, 31 notifications wait: The receiver of pager answered 503.',
      'DOWN: channel mail for 1 min, 2 notifications wait; 1 more channel is down',
    ])
    expect(lines({ columns: 80, rows: 24 })[1]).toMatch(/^DOWN: channel pager for 12 min, 31 notifications wait: .*…$/)
    expect(lines({ columns: 80, rows: 14 })).toStrictEqual([
      'DOWN: channel ops for 5 h, 1 notification waits; 3 more channels are down',
    ])
  })

  it('keeps the selected item visible, at any position and terminal size', () => {
    for (const selected of itemsOf(picture))
      for (const rows of [6, 10, 24, 40])
        expect(
          renderView(scene({ rows, view: { ...firstView, selected } })).filter((line) => line.startsWith('> ')),
        ).toHaveLength(1)
  })

  it('shows a problem in its second line', () => {
    expect(renderView(scene({ picture: { ...picture, problem: 'No govstream runs.' } }))[1]).toBe('No govstream runs.')
  })

  it('wraps a problem over several lines, up to a limit', () => {
    const problem =
      'The connection is lost and is tried again: http://127.0.0.1:9464 cannot be followed (ECONNREFUSED): nothing listens at that port. Start the server, or correct host and port.'
    const [, ...lines] = renderView(scene({ picture: { ...picture, problem } }))
    expect(lines.slice(0, 3).join(' ')).toBe(problem)
    const endless = renderView(scene({ picture: { ...picture, problem: `${problem} ${problem} ${problem}` } }))
    expect(endless[4]).toMatch(/…$/)
    expect(endless[5]).toMatch(/^NEXT/)
  })

  it('makes no statement before the first data', () => {
    const unread = { from: 'http://127.0.0.1:9464', chains: [], upgrades: [], proposals: [], events: [] }
    expect(shown({ picture: { ...unread, isUnread: true } })).not.toContain('No upgrade')
    expect(shown({ picture: unread })).toContain('No upgrade is scheduled.')
    const fresh = shown({ picture: { ...unread, chains: [{ chain: 'local', enabled: true, outages: [] }] } })
    expect(fresh).toContain('The next upgrade is not known: local has not been read yet.')
    expect(fresh).not.toMatch(/No (upgrades|proposals)/)
  })
})

describe('a page', () => {
  const open = (view: Partial<View>): string =>
    shown({ view: { page: 'item', scroll: 0, ...view }, columns: 60, rows: 30 })

  it('shows a proposal in full, with its votes if known', () => {
    const selected = { list: 'proposals', key: 'local/0xc0ffee/1' } as const
    expect(open({ selected })).toContain('What it is for.')
    const [, one] = picture.proposals
    const vote = {
      ...proposal('1'),
      voter: '0xabc',
      choice: 'yes',
      weight: 3n,
      reason: 'Go.',
      block: 1n,
      index: 0,
    } as const
    const opened = { proposal: one!.proposal, estimated: false, moves: [], votes: [vote] }
    const lines = shown({ picture: { ...picture, opened }, view: { page: 'item', selected, scroll: 0 }, rows: 60 })
    expect(lines).toContain('0xabc with 3 votes')
  })

  it('shows an upgrade, and an event', () => {
    expect(open({ selected: { list: 'upgrades', key: next.key } })).toContain('Height     1,000')
    expect(open({ selected: { list: 'events', key: 'e1' } })).toContain('Vote on it.')
  })

  it('shows a key that is wider than the screen whole, on several lines', () => {
    const id = '9'.repeat(77)
    const long = upgrade(id, { name: 'v3', height: 2_000 })
    const selected = { list: 'upgrades', key: long.key } as const
    const screen = shown({ picture: { ...picture, upgrades: [long] }, view: { page: 'item', selected, scroll: 0 } })
    const text = screen.replaceAll(/\n */g, '')
    expect(text).toContain(`govstream explain${long.key}`)
    expect(text).not.toContain('…')
  })

  it('says if the item is gone, as after a reorg', () => {
    for (const list of ['upgrades', 'proposals', 'events'] as const)
      expect(open({ selected: { list, key: 'gone' } })).toContain('It is not there any more.')
  })
})

describe('at any state and size', () => {
  const wild = (text: fc.Arbitrary<string>) =>
    fc.record<Picture>({
      from: text,
      chains: fc.array(
        fc.record({
          chain: text,
          enabled: fc.boolean(),
          outages: fc.constant([]),
          state: fc.tuple(any.health, any.head, any.upgrade).map(([health, head, one]) => ({
            ...state({ health, head, upgrades: queueing(one), blockTime: { samples: [at(1n), at(9n)] } }),
            open: 1,
          })),
        }),
        { maxLength: 3 },
      ),
      upgrades: fc.array(any.upgrade, { maxLength: 4 }),
      proposals: fc.array(
        fc.record({
          estimated: fc.boolean(),
          proposal: any.proposal.map(({ tally, ...one }) => ({
            ...one,
            // The schema of a token allows no others.
            ...(tally !== undefined && { tally: { ...tally, decimals: 18 } }),
          })),
        }),
        { maxLength: 4 },
      ),
      channelsDown: fc.array(
        fc.record({ channel: text, since: fc.constant(now - 1), waiting: fc.nat(), reason: text }),
        { maxLength: 4 },
      ),
      events: fc.array(
        fc
          .record({ id: text, title: text, message: text, timestamp: text, chain: text })
          .map((over) => notification(over.id, over)),
        { maxLength: 4 },
      ),
    })
  const hostile = fc.oneof(
    any.text,
    fc.constantFrom(
      '\u001b[2J',
      '\u001b]0;x\u0007',
      'a\nb',
      '\t\t',
      '👩‍👩‍👧‍👦'.repeat(30),
      '漢字'.repeat(60),
      `e${'\u0301'.repeat(50)}`,
      '\u202e',
    ),
  )

  it('no line is wider than the terminal, there are not too many, and only colour codes are used', () => {
    fc.assert(
      fc.property(
        wild(hostile),
        fc.integer({ min: 1, max: 130 }),
        fc.integer({ min: 1, max: 45 }),
        fc.boolean(),
        fc.constantFrom<View['page']>('overview', 'item', 'help'),
        fc.nat(12),
        fc.oneof(fc.nat(100), fc.constant(Infinity)),
        (given, columns, rows, color, page, index, scroll) => {
          const selected = itemsOf(given)[index]
          const view: View = { page, scroll, ...(selected !== undefined && { selected }) }
          const one = { picture: given, view, columns, rows, color, now }
          const lines = renderView(one)
          expect(lines.length).toBeLessThanOrEqual(rows)
          for (const line of lines) {
            expect(displayWidth(line)).toBeLessThanOrEqual(columns)
            const plain = line.replaceAll(/\u001b\[\d{1,2}m/g, '')
            expect(plain).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
            if (!color) expect(stripVTControlCharacters(line)).toBe(line)
          }
          expect(pageSizeOf(one).shown).toBeGreaterThan(0)
        },
      ),
      { numRuns: 150 },
    )
  })
})
