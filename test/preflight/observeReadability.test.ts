import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { observeReadability } from '../../src/preflight/observeReadability.js'
import { onPlace as it } from '../support/onPlace.js'

it('a path that the owner of the home cannot read is reported', async ({ place: { home } }) => {
  // As root the home belongs to another user; otherwise it is our own, and we lock ourselves out.
  if (process.getuid?.() === 0) chownSync(home, 65_534, 65_534)
  const data = join(home, 'data')
  const file = join(data, 'upgrade-info.json')
  expect(await observeReadability(home)).toBeUndefined()

  mkdirSync(data)
  writeFileSync(file, '{}', { mode: 0o644 })
  chmodSync(data, 0o755)
  expect(await observeReadability(home)).toBeUndefined()
  chmodSync(file, 0o200)
  expect(await observeReadability(home)).toBe(file)
  chmodSync(data, 0o600)
  expect(await observeReadability(home)).toBe(data)
})
