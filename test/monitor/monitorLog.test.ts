import { describe, expect, it } from 'vitest'
import { logDelivery, logFile, logMigration, logTurn, progressLog } from '../../src/monitor/monitorLog.js'
import { turn, upgrade as givenUpgrade } from '../support/storeGiven.js'
import type { SyncProgress } from '../../src/sources/createReader.js'

const progress = (chain: string, done: bigint, toGo: bigint): SyncProgress => ({
  chain,
  from: 0n,
  done,
  toGo,
  blocksPerSecond: 10,
  secondsLeft: Number(toGo) / 10,
})

describe('a receiver that is down', () => {
  it('is logged at the first attempt of a delivery, and then at doubling intervals', () => {
    const lines: string[] = []
    const write = (_: object, line: string): void => void lines.push(line)
    for (let attempt = 1; attempt <= 100; attempt += 1) {
      logDelivery(
        { info: write, warn: (_, line) => void lines.push(`${attempt} ${line}`), error: write },
        {
          handler: 'hook',
          id: 'a',
          chain: 'local',
          at: 0,
          attempt,
          result: 'postponed',
          until: 0,
          held: false,
          reason: 'HTTP 503',
        },
      )
    }
    expect(lines).toStrictEqual([1, 2, 4, 8, 16, 32, 64].map((at) => `${at} delivery postponed: HTTP 503`))
  })
})

describe('an edit of a plan whose upgrade is in progress', () => {
  it('is a warning, and reverting it is not', () => {
    const lines: string[] = []
    const write = (_: object, line: string): void => void lines.push(line)
    const upgrade = givenUpgrade('', { key: 'local/plan/v2', kind: 'coordinated', name: 'v2', status: 'in_progress' })
    const move = { type: 'unheeded', time: 0n, silent: true } as const
    const moves = [
      { ...move, upgrade: { ...upgrade, unheeded: 'Your plan v2 was moved.' } },
      { ...move, upgrade },
    ]
    logTurn({ info: write, warn: write, error: write }, turn({ moves }))
    expect(lines).toStrictEqual(['Your plan v2 was moved.'])
  })
})

describe('a state file that is migrated', () => {
  it('is announced beforehand if it is large', () => {
    const lines: string[] = []
    const write = (_: object, line: string): void => void lines.push(line)
    const tell = logMigration({ info: write, warn: write, error: write })
    tell({ file: 'govstream.db', from: 3, to: 13, bytes: 2 ** 20 })
    tell({ file: 'govstream.db', from: 3, to: 13, bytes: 5 * 2 ** 27 })
    expect(lines).toStrictEqual([
      'the state of 640 MB is brought from schema version 3 to 13 first: this may take minutes, and where it is stopped it begins anew',
    ])
  })
})

describe('the progress of a first sync in the log', () => {
  it('has a line at the start, one every ten seconds for each chain, and one at the end', () => {
    const lines: string[] = []
    let time = 0
    const write = ({ chain }: { readonly chain?: unknown }, line: string): void =>
      void lines.push(`${time / 1000} ${String(chain)}: ${line}`)
    const tell = progressLog({ info: write, warn: write, error: write }, () => time)
    for (let done = 1n; done <= 25n; done += 1n) {
      tell(progress('a', done, 25n - done))
      if (done <= 2n) tell(progress('b', done, 2n - done))
      time += 1_000
    }
    expect(lines).toStrictEqual([
      '0 a: reading the history: 24 blocks to go, about 2 s',
      '0 b: reading the history: 1 block to go, about 0 s',
      '1 b: history read',
      '10 a: reading the history: 14 blocks to go, about 1 s',
      '20 a: reading the history: 4 blocks to go, about 0 s',
      '24 a: history read',
    ])
  })
})

describe('the afterWrite command in the log', () => {
  it('has a line with its output, an error if it failed, and none if it did not run', () => {
    const lines: unknown[] = []
    const write =
      (level: string) =>
      (fields: object, line: string): void =>
        void lines.push([level, fields, line])
    const log = { info: write('info'), warn: write('warn'), error: write('error') }
    const run = { ok: true, summary: 'ended with exit code 0', output: 'restarted', ms: 5 }
    logFile(log, 'local', { result: 'hooked', key: '1' })
    logFile(log, 'local', { result: 'hooked', key: '1', run })
    logFile(log, 'local', { result: 'hooked', key: '1', run: { ...run, ok: false, summary: 'ended with exit code 4' } })

    const fields = { chain: 'local', proposal: '1', ms: 5, output: 'restarted' }
    expect(lines).toStrictEqual([
      ['info', fields, 'the command of upgradeInfo.afterWrite ended with exit code 0'],
      ['error', fields, 'the command of upgradeInfo.afterWrite ended with exit code 4'],
    ])
  })
})
