import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FileWatch, fingerprintOf, stepFileWatch } from '../../src/cli/fileChanges.js'

/**
 * For each look at a file that was read as `a`: whether it is due to be read again. A dash
 * means it is missing.
 */
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

describe('a watched file', () => {
  it.each([
    ['is read again once it is stable', 'aabbb', '...!.'],
    ['is not read while it is being written', 'abcdefff', '......!.'],
    ['is awaited while it is missing', 'a---bb', '.....!'],
    ['is not read again if it returns unchanged', 'a--aa', '.....'],
    ['is read again if it changes back', 'abbaa', '..!.!'],
  ])('%s', (_, sights, due) => {
    expect(dueAt(sights)).toBe(due)
  })

  it('has another fingerprint if another file replaces it, also as the target of a link', () => {
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
