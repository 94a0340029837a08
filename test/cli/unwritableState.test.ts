import { copyFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { cliHere } from '../support/cliHere.js'
import { state, announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

const containing = (text: string): unknown => expect.stringContaining(text)

const config = `chains:
  - name: local
    rpc: { urls: [http://127.0.0.1:9], timeout: 1s }
    governance: { system: governor, address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" }
`

describe('a run whose state cannot be written', () => {
  it('is reported by status as stalled', async () => {
    using directory = temporaryDirectory()
    writeFileSync(join(directory.path, 'govstream.yaml'), config)
    // As a running process other than this one.
    const running = openStore({ path: join(directory.path, 'govstream.db'), pid: process.ppid })
    // The clock of the command is at five past midnight, and the mark is refreshed until then.
    const now = Date.UTC(2025, 0, 1, 0, 5)
    running.claim(now - 20_000)
    utimesSync(join(directory.path, 'govstream.db.open'), now / 1_000, now / 1_000)
    running.commit(turn({ state: state(), announcements: [announcement('1')] }), () => [])
    try {
      const told = await cliHere(['status', '--json', '--exit-code'], directory.path)
      expect([told.code, JSON.parse(told.out)]).toMatchObject([
        1,
        [{ health: 'stalled', problem: containing('The state cannot be written since') }],
      ])
      const { out } = await cliHere(['status'], directory.path)
      expect(out).toMatch(
        /local: The state cannot be written since 2025-01-01 00:04:40Z: another process, such as a backup, keeps it locked/,
      )
      expect(out).not.toContain('No govstream runs')
    } finally {
      running.close()
    }
  })
})

describe('with a program that keeps the state locked', () => {
  it.each(['sync', 'check', 'status', 'notifications --read all'])('%s exits with 75 and says why', async (line) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'govstream.db')
    writeFileSync(join(directory.path, 'govstream.yaml'), config)
    const store = openStore({ path: join(directory.path, 'first.db') })
    store.commit(turn({ state: state(), announcements: [announcement('1')] }), () => [])
    store.close()
    // The database engine of this process still holds the first one.
    copyFileSync(join(directory.path, 'first.db'), path)
    const other = new Database(path)
    // Such a lock blocks readers, too.
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; PRAGMA user_version = 3; COMMIT; BEGIN IMMEDIATE')
    try {
      const { code, err, out } = await cliHere(line.split(' '), directory.path)

      expect(code).toBe(75)
      expect(out + err).toContain('another process keeps it locked')
    } finally {
      other.close()
    }
  })
})
