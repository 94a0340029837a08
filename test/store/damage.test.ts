import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { inspectFile } from '../../src/store/file/inspectFile.js'
import { inspectState } from '../../src/store/inspectState.js'
import { openStore } from '../../src/store/openStore.js'
import { bundled } from '../support/programs/bundled.js'
import { holding, proposal, state, announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

const nobody = (): readonly string[] => []
const script = bundled('test/support/programs/openDamaged.ts')

/** A closed state of so many turns, in one file. */
function makeState(path: string, turns = 100): void {
  const store = openStore({ path })
  for (let id = 0; id < turns; id += 1) {
    const proposals = holding(...Array.from({ length: id + 1 }, (_, index) => proposal(String(index))))
    store.commit(turn({ state: state({ proposals }), announcements: [announcement(String(id))], time: id }), nobody)
  }
  store.close()
  const raw = new Database(path)
  raw.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  raw.close()
}

/** Invalid UTF-8 in every title: the engine aborts the process when it reads such a text. */
function spoilTexts(path: string): Buffer {
  const bytes = readFileSync(path)
  for (let at = bytes.indexOf('Proposal'); at >= 0; at = bytes.indexOf('Proposal', at)) bytes.fill(0xff, at, at + 3)
  writeFileSync(path, bytes)
  return bytes
}

const abort = 'the database engine ends with SIGABRT when it reads it'

/** Every page after the first two is overwritten: the engine detects this at once. */
function destroy(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0xff, 8_192, bytes.length)
  writeFileSync(path, bytes)
}

/** As left by a process that ended without closing the file. */
function leaveMark(path: string): void {
  writeFileSync(`${path}.open`, JSON.stringify({ token: 'gone', pid: process.pid, host: 'here' }))
  utimesSync(`${path}.open`, 1, 1)
}

const open = (path: string): { readonly signal: string | null; readonly told: string } => {
  const { signal, stdout } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' })
  return { signal, told: stdout }
}

describe('the mark beside the state', () => {
  it('exists while a process writes the state, and is removed when it closes it', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    expect(existsSync(`${path}.open`)).toBe(true)

    store.close()
    expect(readdirSync(directory.path).filter((name) => name.includes('.open'))).toStrictEqual([])
  })

  it('stays that of the process with the claim, whichever others open and close', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const asking = openStore({ path, pid: 1 })
    const running = openStore({ path, pid: 2 })
    running.claim(1_000)
    asking.close()
    openStore({ path, pid: 3 }).close()

    expect(JSON.parse(readFileSync(`${path}.open`, 'utf8'))).toMatchObject({ pid: 2 })
  })
})

describe('a damaged state', () => {
  it('is moved aside for a new one if the engine reports the damage', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path)
    destroy(path)
    const bytes = readFileSync(path)

    const store = openStore({ path, now: () => Date.UTC(2025, 0, 2, 3, 4, 5) })
    expect(store.chains()).toStrictEqual([])
    expect(store.rebuilt()?.movedTo).toBe(`${path}.damaged-20250102T030405Z`)
    expect(store.rebuilt()?.problem).toContain('damaged')
    expect(readFileSync(`${path}.damaged-20250102T030405Z`)).toStrictEqual(bytes)
  })

  it('is checked in another process after a crash, because the engine could abort this one', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path)
    const bytes = spoilTexts(path)
    leaveMark(path)
    expect(inspectFile(path)).toBe(abort)
    // It may hold the last commits.
    writeFileSync(`${path}-wal`, 'journal')

    const store = openStore({ path, host: 'here' })
    expect(store.rebuilt()?.problem).toBe(abort)
    const { movedTo = '' } = store.rebuilt() ?? {}
    expect(readFileSync(movedTo)).toStrictEqual(bytes)
    expect(existsSync(`${movedTo}-wal`)).toBe(true)
  })

  it('aborts at most one start: a properly closed file is trusted once', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path)
    spoilTexts(path)

    expect(open(path)).toStrictEqual({ signal: 'SIGABRT', told: '' })
    expect(open(path)).toStrictEqual({ signal: null, told: 'rebuilt' })
    expect(open(path)).toStrictEqual({ signal: null, told: 'opened' })
  })

  it('is refused to a reader, with what happens next', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path)
    spoilTexts(path)
    leaveMark(path)

    expect(() => openStore({ path, readOnly: true, host: 'here' })).toThrow(
      `The state file ${path} is damaged (the database engine ends with SIGABRT when it reads it). ` +
        'The next "govstream run" or "govstream sync" moves it aside and reads the chain again.',
    )
    expect(existsSync(path)).toBe(true)
  })

  it('is not assumed after a crash alone', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path)
    leaveMark(path)

    const store = openStore({ path, host: 'here' })
    expect(store.rebuilt()).toBeUndefined()
    expect(store.load('local')?.proposals.size).toBe(100)
    store.close()
    expect(readdirSync(directory.path).filter((name) => !name.startsWith(basename(path)))).toStrictEqual([])
  })

  it('within a properly closed file is reported when read, and checked at the next start', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path)
    const bytes = readFileSync(path)
    // The type of a page that holds a proposal from the middle.
    const page = Math.floor(bytes.lastIndexOf('"title":"Proposal 50"') / 4_096) * 4_096
    bytes[page] = 0xff
    writeFileSync(path, bytes)

    const store = openStore({ path })
    expect(() => store.load('local')).toThrow('its content is damaged; restore it from a backup')
    store.close()
    expect(existsSync(`${path}.open`)).toBe(true)
    expect(() => openStore({ path, readOnly: true })).toThrow(`The state file ${path} is damaged`)

    const next = openStore({ path })
    expect(next.rebuilt()?.movedTo).toContain(`${path}.damaged-`)
    next.close()
    expect(openStore({ path, readOnly: true }).chains()).toStrictEqual([])
  })

  it.each([-1, 0, 3])('is moved aside for a new one where its header says schema version %i', (version) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path, 1)
    const raw = new Database(path)
    raw.exec(`PRAGMA user_version = ${version}`)
    raw.close()
    if (version < 1) expect(() => openStore({ path, readOnly: true })).toThrow(`its schema version is ${version}`)

    const store = openStore({ path })
    expect(store.rebuilt()?.movedTo).toContain(`${path}.damaged-`)
    expect(store.rebuilt()?.problem).toContain(`schema version ${version < 1 ? `is ${version}` : version}`)
    store.close()
    expect(openStore({ path, readOnly: true }).chains()).toStrictEqual([])
  })

  it('is not assumed for a file that never was a state', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    writeFileSync(path, 'state: ./govstream.db\n'.repeat(100))

    expect(() => openStore({ path })).toThrow('it is not a database; name another state file')
    expect(readdirSync(directory.path)).toStrictEqual(['a.db'])
  })
})

describe('a state with random damaged bytes', () => {
  const seeds = 100

  /** The results of the seeds from this one on, until the engine aborts: a line for each. */
  function work(program: string, sound: string, from: number, again: boolean): readonly string[] {
    const { stdout, stderr, status, signal } = spawnSync(
      process.execPath,
      [program, sound, dirname(sound), String(from), String(seeds)],
      { encoding: 'utf8', env: { ...process.env, ...(again && { AGAIN: 'yes' }) } },
    )
    if (status !== 0 && signal !== 'SIGABRT') throw new Error(`It ended with ${String(signal ?? status)}: ${stderr}`)
    return stdout.split('\n').filter((line) => /^\d+ ./.test(line))
  }

  it('opens, is moved aside for a new one, or is reported as no database: at most one start is lost to it', () => {
    using directory = temporaryDirectory()
    const program = bundled('test/support/programs/openManyDamaged.ts')
    const sound = join(directory.path, 'sound.db')
    makeState(sound, 40)
    const outcomes: string[] = []
    for (let isAgain = false; outcomes.length < seeds; isAgain = true) {
      const lines = work(program, sound, outcomes.length, isAgain)
      // What aborted one start does not abort the next.
      expect(lines.length).toBeGreaterThan(isAgain ? 0 : -1)
      outcomes.push(...lines)
    }

    const good =
      /^\d+ (?:opened|moved aside|said: .* \/ moved aside|said: .*it is not a database; name another state file)/
    expect(outcomes.filter((line) => !good.test(line))).toStrictEqual([])
    expect(outcomes.filter((line) => line.includes('opened')).length).toBeGreaterThan(seeds / 10)
    expect(outcomes.filter((line) => line.includes('moved aside')).length).toBeGreaterThan(seeds / 10)
  })
})

describe('a state file that is deleted while open', () => {
  it.each(['deleted', 'replaced'])('ends the holder on the next beat if it was %s', (deed) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    store.claim(1_000)
    store.beat(2_000)

    spawnSync('rm', [path])
    if (deed === 'replaced') writeFileSync(path, '')
    expect(() => store.beat(3_000)).toThrow(
      `The state file ${path} was deleted or replaced while govstream works with it`,
    )
  })
})

describe('a state file that is truncated or overwritten while open', () => {
  const deeds: Readonly<Record<string, (path: string) => void>> = {
    'cut to nothing': (path) => truncateSync(path),
    'cut in half': (path) => truncateSync(path, statSync(path).size / 2),
    overwritten: (path) => writeFileSync(path, Buffer.alloc(statSync(path).size, 0xaa)),
  }
  const started = (path: string): EmbeddedStore => {
    makeState(path)
    const store = openStore({ path })
    store.claim(1_000)
    store.beat(2_000)
    return store
  }

  it.each(Object.entries(deeds))('ends the holder on the next beat if it was %s', (_, deed) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = started(path)
    deed(path)

    expect(() => store.beat(3_000)).toThrow(
      `The state file ${path} was cut off or overwritten while govstream works with it`,
    )
    store.close()
  })

  it.each(Object.entries(deeds))(
    'is reported as damaged at the next start if it was %s right before a stop',
    (_, deed) => {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'a.db')
      const store = started(path)
      store.commit(turn({ state: state({ proposals: holding(proposal('1')) }) }), nobody)
      deed(path)
      store.close()
      expect(inspectState(path, Date.now()).problem).toContain(`The state file ${path} is damaged`)

      const next = openStore({ path })
      expect(next.rebuilt()?.movedTo).toContain(`${path}.damaged-`)
      expect(next.claim(4_000)).toBeUndefined()
      next.close()
    },
  )

  it('is not reported if it was empty from the start', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    writeFileSync(path, '')
    const store = openStore({ path })

    expect(store.rebuilt()).toBeUndefined()
    store.close()
  })
})
