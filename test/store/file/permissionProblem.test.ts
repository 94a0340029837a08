import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { permissionProblem } from '../../../src/store/file/permissionProblem.js'
import { openStore } from '../../../src/store/openStore.js'

const modeOf = (path: string): number => statSync(path).mode & 0o777

it('a new state and its journals are readable by their owner only; wider permissions are reported', () => {
  const directory = mkdtempSync(join(tmpdir(), 'govstream-mode-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'state', 'a.db')
  const store = openStore({ path })
  expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toStrictEqual([0o600, 0o600, 0o600])
  expect(permissionProblem(path)).toBeUndefined()
  store.close()

  chmodSync(path, 0o644)
  expect(permissionProblem(path)).toBe(`Other users of this machine may read the state (${path}): chmod 600 ${path}`)
  openStore({ path }).close()
  // The mode set by the operator is kept.
  expect(modeOf(path)).toBe(0o644)
  chmodSync(directory, 0o755)
  const unchecked = [':memory:', join(directory, 'none.db'), directory]
  expect(unchecked.map(permissionProblem)).toStrictEqual([undefined, undefined, undefined])
})
