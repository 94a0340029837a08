import { writeFileSync } from 'node:fs'
import { interval } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCli } from '../../src/cli/runCli.js'
import type { Screen, Terminal } from '../../src/cli/Terminal.js'
import { openStore } from '../../src/store/openStore.js'
import { cliHere, commandHere } from '../support/cliHere.js'
import { listen } from '../support/servers/listen.js'
import { startLiveServer } from '../support/servers/liveServer.js'
import { seedState } from '../support/seededState.js'
import { announcement, at, queueing, state, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'

/** A terminal that keeps the latest screen, and takes typed keys. */
function screenHere(size = { columns: 80, rows: 24 }) {
  let lines: readonly string[] = []
  let heard: ((input: string) => void) | undefined
  let resized: (() => void) | undefined
  let closed = 0
  let waiting: (() => void) | undefined
  const screen: Screen = {
    size: () => size,
    draw: (drawn) => {
      lines = drawn
      waiting?.()
    },
    onInput: (listen) => {
      heard = listen
      return () => (heard = undefined)
    },
    onResize: (listen) => {
      resized = listen
      return () => (resized = undefined)
    },
    close: () => (closed += 1),
  }
  return {
    screen,
    type: (input: string) => heard?.(input),
    resize: (columns: number, rows: number) => {
      Object.assign(size, { columns, rows })
      resized?.()
    },
    lines: () => lines,
    closed: () => closed,
    /** Resolves once the screen shows the text. */
    shows: (text: string) =>
      new Promise<void>((resolve) => {
        waiting = () => {
          if (lines.some((line) => line.includes(text))) resolve()
        }
        waiting()
      }),
  }
}

/** Starts the command on a terminal of this test. */
function watching(args: readonly string[], over: Partial<Terminal> = {}) {
  const stop = new AbortController()
  const { context, said } = commandHere()
  const terminal = { ...context.terminal, ...over }
  const ended = runCli(['watch', ...args], { ...context, terminal, signal: stop.signal })
  onTestFinished(async () => {
    stop.abort()
    await ended
  })
  return { ended, said, stop: () => stop.abort() }
}

function seeded(): string {
  const directory = temporaryDirectory()
  onTestFinished(() => directory[Symbol.dispose]())
  seedState(directory.path)
  return `${directory.path}/govstream.db`
}

describe('watch on a terminal', () => {
  it('shows the overview, opens a proposal, goes back and quits', async () => {
    const here = screenHere()
    const { ended, said } = watching(['--state', seeded()], { openScreen: () => here.screen })
    await here.shows('NEXT: v2 on local')
    here.type('\t\tjj')
    here.type('\r')
    await here.shows('Proposer   0xabc')
    here.type('G')
    await here.shows('Faster blocks.')
    expect(here.lines()).toHaveLength(24)
    here.type('\u001b')
    await here.shows('PROPOSAL')
    here.type('q')
    expect(await ended).toBe(0)
    expect(here.closed()).toBe(1)
    expect(said()).toStrictEqual({ out: '', err: '' })
  })

  it('adapts to a resized terminal', async () => {
    const here = screenHere()
    watching(['--state', seeded()], { openScreen: () => here.screen })
    await here.shows('NEXT: v2')
    here.resize(40, 10)
    expect(here.lines()).toHaveLength(10)
  })

  it('exits with 0 when stopped, and restores the terminal', async () => {
    const here = screenHere()
    const { ended, stop } = watching(['--state', seeded()], { openScreen: () => here.screen })
    await here.shows('NEXT: v2')
    stop()
    expect(await ended).toBe(0)
    expect(here.closed()).toBe(1)
  })

  it('restores the terminal before it prints an error', async () => {
    using directory = temporaryDirectory()
    writeFileSync(`${directory.path}/state.db`, 'no database, whatever it is called')
    const here = screenHere()
    const closedFirst: number[] = []
    const { ended } = watching(['--state', `${directory.path}/state.db`], {
      openScreen: () => here.screen,
      note: () => closedFirst.push(here.closed()),
    })
    expect(await ended).toBe(1)
    expect(closedFirst).toStrictEqual([1])
  })
})

/** Resolves once the text was printed. */
function until(said: ReturnType<typeof watching>['said'], stream: 'out' | 'err', text: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (said()[stream].includes(text)) resolve()
      else setImmediate(look)
    }
    look()
  })
}

describe('watch without a terminal', () => {
  it('prints the overview first, also for a remote govstream with constant events', async () => {
    const store = openStore({ path: ':memory:', journal: 1_000 })
    onTestFinished(() => store.close())
    const server = await startLiveServer({ store })
    onTestFinished(() => server.stop())
    let block = 0n
    const busy = interval(50).subscribe(() => {
      block += 1n
      server.commit(turn({ state: state({ head: at(block), upgrades: queueing(upgrade('2')) }) }))
    })
    onTestFinished(() => busy.unsubscribe())
    const { said, ended, stop } = watching(['--url', server.url])
    await until(said, 'err', 'NEXT: ')
    stop()
    expect(await ended).toBe(0)
    expect(said().out).toBe('')
  })

  it('prints one line for each new event, whatever a chain wrote into its text', async () => {
    const path = seeded()
    const { said, ended, stop } = watching(['--state', path])
    await until(said, 'err', 'govstream: No govstream runs with this state')
    await until(said, 'err', 'NEXT: v2 on local')
    const store = openStore({ path })
    store.commit(
      turn({ announcements: [announcement('x', { title: 'one\n\u001b[2Jtwo', priority: 'high' })] }),
      () => [],
    )
    store.close()
    await until(said, 'out', '\n')
    expect(said().out).toBe('2025-01-01T00:00:00Z  high  new_proposal  local  one two\n')
    stop()
    expect(await ended).toBe(0)
  })
})

describe('the source of watch', () => {
  const run = (...args: readonly string[]) => cliHere(['watch', ...args], '/')

  it.each<[readonly string[], string]>([
    [['--state', 'a.db', '--url', 'http://127.0.0.1:1'], '--url: expected one of --state and --url'],
    [['--url', 'gov.example'], '--url: expected an http:// or https:// URL'],
    [['--url', 'https://me:secret@gov.example'], '--url: expected no user, password or query'],
    [['--url', 'https://gov.example?token=secret'], '--url: expected no user, password or query'],
    [['--config', 'none.yaml'], 'none.yaml'],
  ])('%j exits with 2, and shows no secret', async (args, problem) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err).toContain(problem)
    expect(err).not.toContain('secret')
  })

  it('sends the token from the environment to the remote govstream, and ends if it is refused', async () => {
    const shown: (string | undefined)[] = []
    const server = await listen(({ headers }, response) => {
      shown.push(headers.authorization)
      response.writeHead(401).end()
    })
    onTestFinished(() => server.stop())
    process.env['GOVSTREAM_TOKEN'] = 'readable'
    onTestFinished(() => {
      delete process.env['GOVSTREAM_TOKEN']
    })
    const { code, err } = await run('--url', server.url)
    expect(code).toBe(1)
    expect(new Set(shown)).toStrictEqual(new Set(['Bearer readable']))
    expect(err).not.toContain('readable')
    expect(err).toContain('refuses the token (401): give one of its http.tokens. It is taken from GOVSTREAM_TOKEN.')
  })
})
