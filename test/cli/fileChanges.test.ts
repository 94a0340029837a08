import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FileWatch, fingerprintOf, stepFileWatch } from '../../src/cli/fileChanges.js'

/** For each look at a file that was read as `a`, whether it is to be read again then. A dash: it is not there. */
function dueAt(sights: string): string {
  let watch: FileWatch = { read: 'a', seen: 'a' }
  return Array.from(sights)
    .map((sight) => {
      const step = stepFileWatch(watch, sight === '-' ? undefined : sight)
      watch = step.watch
      return step.isDue ? '!' : '.'
    })
    .join('')
}

describe('a file that is watched', () => {
  it.each([
    ['is read again once it stands still', 'aabbb', '...!.'],
    ['is left alone while it is written', 'abcdefff', '......!.'],
    ['is waited for while it is away', 'a---bb', '.....!'],
    ['is not read again where it comes back as it was', 'a--aa', '.....'],
    ['is read again where it goes back to what it was', 'abbaa', '..!.!'],
  ])('%s', (_, sights, due) => {
    expect(dueAt(sights)).toBe(due)
  })

  it('looks otherwise where another one takes its place, also at the end of a link', () => {
    const directory = mkdtempSync(join(tmpdir(), 'govstream-watch-'))
    try {
      const path = (name: string): string => join(directory, name)
      writeFileSync(path('one'), 'same')
      writeFileSync(path('two'), 'same')
      symlinkSync('one', path('link'))
      const first = fingerprintOf(path('link'))
      expect(fingerprintOf(path('link'))).toBe(first)
      symlinkSync('two', path('link.new'))
      renameSync(path('link.new'), path('link'))
      expect(fingerprintOf(path('link'))).not.toBe(first)
      expect(fingerprintOf(path('nowhere'))).toBeUndefined()
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
