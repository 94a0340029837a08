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

/** A state of so many turns, closed and in one file. */
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

/** Half a letter in every title: the engine ends the process when it reads a text that is no UTF-8. */
function spoilTexts(path: string): Buffer {
  const bytes = readFileSync(path)
  for (let at = bytes.indexOf('Proposal'); at >= 0; at = bytes.indexOf('Proposal', at)) bytes.fill(0xff, at, at + 3)
  writeFileSync(path, bytes)
  return bytes
}

const abort = 'the database engine ends with SIGABRT when it reads it'

/** Every page behind the first two is overwritten: the engine sees this at once. */
function destroy(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0xff, 8_192, bytes.length)
  writeFileSync(path, bytes)
}

/** As a process leaves it that ended without closing the file. */
function leaveMark(path: string): void {
  writeFileSync(`${path}.open`, JSON.stringify({ token: 'gone', pid: process.pid, host: 'here' }))
  utimesSync(`${path}.open`, 1, 1)
}

const open = (path: string): { readonly signal: string | null; readonly told: string } => {
  const { signal, stdout } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' })
  return { signal, told: stdout }
}

describe('the mark beside the state', () => {
  it('is there while a process writes the state, and gone once it has closed it', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    expect(existsSync(`${path}.open`)).toBe(true)

    store.close()
    expect(readdirSync(directory.path).filter((name) => name.includes('.open'))).toStrictEqual([])
  })

  it('stays that of the process that holds the claim, whoever else comes and goes', () => {
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
  it('is moved aside for a new one where the engine says what is wrong', () => {
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

  it('is found in another process where a crash came before, though the engine would end this one', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path)
    const bytes = spoilTexts(path)
    leaveMark(path)
    expect(inspectFile(path)).toBe(abort)
    // The last commits may stand in it.
    writeFileSync(`${path}-wal`, 'journal')

    const store = openStore({ path, host: 'here' })
    expect(store.rebuilt()?.problem).toBe(abort)
    const { movedTo = '' } = store.rebuilt() ?? {}
    expect(readFileSync(movedTo)).toStrictEqual(bytes)
    expect(existsSync(`${movedTo}-wal`)).toBe(true)
  })

  it('ends one start at the most: a file that was closed is trusted, once', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path)
    spoilTexts(path)

    expect(open(path)).toStrictEqual({ signal: 'SIGABRT', told: '' })
    expect(open(path)).toStrictEqual({ signal: null, told: 'rebuilt' })
    expect(open(path)).toStrictEqual({ signal: null, told: 'opened' })
  })

  it('is refused to who only reads it, with what comes next', () => {
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

  it('is not what a crash alone leaves', () => {
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

  it('within a file that was closed in order is told when it is read, and looked into at the next start', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    makeState(path)
    const bytes = readFileSync(path)
    // The kind of a page that holds a proposal from the middle.
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

  it('leaves a file alone that never was a state', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    writeFileSync(path, 'state: ./govstream.db\n'.repeat(100))

    expect(() => openStore({ path })).toThrow('it is not a database; name another state file')
    expect(readdirSync(directory.path)).toStrictEqual(['a.db'])
  })
})

describe('a state of which any bytes are damaged', () => {
  const seeds = 100

  /** What became of the seeds from this one on, as far as the engine let it come: a line for each. */
  function work(program: string, sound: string, from: number, again: boolean): readonly string[] {
    const { stdout, stderr, status, signal } = spawnSync(
      process.execPath,
      [program, sound, dirname(sound), String(from), String(seeds)],
      { encoding: 'utf8', env: { ...process.env, ...(again && { AGAIN: 'yes' }) } },
    )
    if (status !== 0 && signal !== 'SIGABRT') throw new Error(`It ended with ${String(signal ?? status)}: ${stderr}`)
    return stdout.split('\n').filter((line) => /^\d+ ./.test(line))
  }

  it('opens, is moved aside for a new one, or is said to be no state: never more than one start is lost to it', () => {
    using directory = temporaryDirectory()
    const program = bundled('test/support/programs/openManyDamaged.ts')
    const sound = join(directory.path, 'sound.db')
    makeState(sound, 40)
    const outcomes: string[] = []
    for (let isAgain = false; outcomes.length < seeds; isAgain = true) {
      const lines = work(program, sound, outcomes.length, isAgain)
      // What ended one start does not end the next.
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

describe('a state file that is deleted while it is open', () => {
  it.each(['deleted', 'replaced'])('ends the work of its holder on the next beat where it was %s', (deed) => {
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

describe('a state file that is cut off or overwritten while it is open', () => {
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

  it.each(Object.entries(deeds))('ends the work of its holder on the next beat where it was %s', (_, deed) => {
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
    'is told as damaged at the next start where it was %s right before a stop',
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

  it('is no news of a file that was empty from the first', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    writeFileSync(path, '')
    const store = openStore({ path })

    expect(store.rebuilt()).toBeUndefined()
    store.close()
  })
})
