import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { StoreError, reasonOf } from '../../src/domain/errors.js'
import { openFile } from '../../src/store/file/openFile.js'
import { migrations } from '../../src/store/file/migrations.js'
import { type StoreOptions, openStore } from '../../src/store/openStore.js'
import { bundled } from '../support/programs/bundled.js'
import { at, state, announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

const nobody = (): readonly string[] => []

/** The StoreError of opening, with the directory of the test replaced. */
function refusal(options: StoreOptions, directory: string): string {
  try {
    openStore(options).close()
  } catch (cause) {
    expect(cause).toBeInstanceOf(StoreError)
    return reasonOf(cause).replaceAll(directory, 'DIR')
  }
  return 'opened'
}

/** Opens in a process without root, which may read and write everything. */
function openAsUser(path: string, how: 'read' | 'write'): string {
  const script = bundled('test/support/programs/openStoreAndTell.ts')
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  return execFileSync(process.execPath, [script, path, how], { ...user, encoding: 'utf8' })
}

describe('openStore', () => {
  it('creates the file and its directories', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'deep', 'er', 'a b#c?d%41é.db')
    openStore({ path }).close()

    expect(readdirSync(join(directory.path, 'deep', 'er'))).toContain('a b#c?d%41é.db')
    expect(openStore({ path, readOnly: true }).chains()).toStrictEqual([])
  })

  it('uses write-ahead logging and waits for the disk', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    openStore({ path })

    expect(new Database(path).prepare('PRAGMA journal_mode').all()).toStrictEqual([{ journal_mode: 'wal' }])
    // FULL, which is set for each connection: a commit is durable when it returns.
    expect(openFile(path, false).all(z.unknown(), 'PRAGMA synchronous')).toStrictEqual([{ synchronous: 2 }])
  })

  it('keeps everything in one file when closed, so that a copy of it is complete', () => {
    using directory = temporaryDirectory()
    const [path, copy] = [join(directory.path, 'a.db'), join(directory.path, 'copy.db')]
    const store = openStore({ path })
    store.commit(turn({ state: state({ head: at(42n) }) }), nobody)
    store.close()
    copyFileSync(path, copy)

    expect(openStore({ path: copy }).load('local')?.head).toStrictEqual(at(42n))
  })

  it('describes the problem of a path', () => {
    using directory = temporaryDirectory()
    const dir = directory.path
    writeFileSync(join(dir, 'file'), 'x')

    expect(refusal({ path: dir }, dir)).toBe(
      'The state file DIR is a directory: name a file in it, such as DIR/govstream.db.',
    )
    expect(refusal({ path: join(dir, 'file', 'a.db') }, dir)).toMatch(
      /^The directory of the state file DIR\/file\/a\.db cannot be created: .+\. Name another state file\.$/,
    )
    expect(refusal({ path: '/dev/null' }, dir)).toBe(
      'The state file /dev/null is not a regular file: name another one.',
    )
  })

  it('describes the problem of a file', () => {
    using directory = temporaryDirectory()
    const dir = directory.path
    const path = join(dir, 'a.db')
    writeFileSync(path, 'state: ./govstream.db\n'.repeat(100))

    for (const readOnly of [true, false]) {
      expect(refusal({ path, readOnly }, dir)).toBe(
        'The state file DIR/a.db cannot be used: it is not a database; name another state file, or move this one away ' +
          '(file is not a database).',
      )
    }
    expect(readFileSync(path, 'utf8')).toBe('state: ./govstream.db\n'.repeat(100))
  })

  it.each(['CREATE TABLE theirs (x)', 'PRAGMA application_id = 7'])(
    'does not touch the database of another program: %s',
    (theirs) => {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'a.db')
      new Database(path).exec(theirs)
      const before = readFileSync(path)

      expect(refusal({ path }, directory.path)).toBe(
        'The state file DIR/a.db is a database of another program. Name another state file, or move this one away.',
      )
      expect(readFileSync(path)).toStrictEqual(before)
    },
  )

  it('does not touch the file of a newer govstream', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    openStore({ path }).close()
    new Database(path).exec(`PRAGMA user_version = ${migrations.length + 1}`)

    for (const readOnly of [true, false]) {
      expect(refusal({ path, readOnly }, directory.path)).toBe(
        `The state file DIR/a.db has schema version ${migrations.length + 1}, and this govstream knows up to ${migrations.length}: a newer govstream wrote it. ` +
          'Install that version, or name another state file.',
      )
    }
  })

  it('names the row that cannot be read', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    openStore({ path }).commit(turn({ announcements: [announcement('1')] }), nobody)
    const raw = new Database(path)
    raw.exec(`UPDATE chains SET json = '{"chain":"local"}'; UPDATE notifications SET json = 'junk'`)
    const store = openStore({ path })

    expect(() => store.load('local')).toThrow(/holds a row that cannot be read, the chain local: synced/)
    expect(() => store.notifications({})).toThrow(/holds a row that cannot be read, the notification 1: /)
  })

  it('refuses every call once closed', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    store.commit(turn(), nobody)
    store.close()
    store.close()

    expect(() => store.commit(turn({ time: 99_000 }), nobody)).toThrow(StoreError)
    expect(() => store.load('local')).toThrow('was closed before this was asked of it')
  })

  it('fails for a user without permission to read or write it', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    openStore({ path }).close()
    chmodSync(directory.path, 0o755)
    chmodSync(path, 0o444)
    const told = (how: 'read' | 'write'): string => openAsUser(path, how).replaceAll(directory.path, 'DIR')

    expect(told('write')).toMatch(
      /^StoreError: The state file cannot be written: this user has no right to DIR.* Change its owner or mode/,
    )
    chmodSync(path, 0o000)
    expect(told('read')).toMatch(
      /^StoreError: The state file cannot be read: this user has no right to DIR\/a\.db\. Change its owner or mode/,
    )
  })

  it('fails in a read-only directory', () => {
    using directory = temporaryDirectory()
    mkdirSync(join(directory.path, 'ro'))
    chmodSync(directory.path, 0o755)
    chmodSync(join(directory.path, 'ro'), 0o555)

    expect(openAsUser(join(directory.path, 'ro', 'a.db'), 'write')).toMatch(
      /^StoreError: The state file cannot be written: this user has no right to .*\/ro\. /,
    )
  })
})

describe('openStore for reading', () => {
  it.each(['a.db', 'no/such/a.db'])('creates nothing if there is no state yet: %s', (name) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, name)

    expect(refusal({ path, readOnly: true }, directory.path)).toBe(
      `There is no state yet in DIR/${name}: run "govstream run" or "govstream sync" first.`,
    )
    expect(readdirSync(directory.path)).toStrictEqual([])
  })

  it('finds no state in an empty file', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    writeFileSync(path, '')

    expect(refusal({ path, readOnly: true }, directory.path)).toMatch(/^There is no state yet in/)
  })

  it('finds no state that is in memory only', () => {
    expect(refusal({ path: ':memory:', readOnly: true }, '/')).toBe(
      'The state is ":memory:", which no other process can read: set "state" to a file.',
    )
    expect(existsSync(':memory:')).toBe(false)
  })

  it('sees new commits, and writes nothing', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const writer = openStore({ path })
    const reader = openStore({ path, readOnly: true })
    writer.commit(turn({ state: state({ nodeVersion: 'v2' }), announcements: [announcement('1')] }), nobody)

    expect(reader.load('local')?.nodeVersion).toBe('v2')
    expect(reader.notifications({})).toHaveLength(1)
    expect(() => reader.markRead('all')).toThrow(/cannot be used: it may not be written/)
    expect(reader.stats().unread).toBe(1)
  })
})
