import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { cliHere } from '../support/cliHere.js'
import { state, announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

const config = `chains:
  - name: local
    rpc: { urls: [http://127.0.0.1:9], timeout: 1s }
    governance: { system: governor, address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" }
`

describe('beside a program that keeps the state locked for good', () => {
  it.each(['sync', 'check', 'status', 'notifications --read all'])('%s exits with 75 and says why', async (line) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'govstream.db')
    writeFileSync(join(directory.path, 'govstream.yaml'), config)
    const store = openStore({ path: join(directory.path, 'first.db') })
    store.commit(turn({ state: state(), announcements: [announcement('1')] }), () => [])
    store.close()
    // The engine of this process still has a hand on the first.
    copyFileSync(join(directory.path, 'first.db'), path)
    const other = new Database(path)
    // Such a lock keeps readers out, too.
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
