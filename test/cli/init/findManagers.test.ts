import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findManagers } from '../../../src/cli/init/findManagers.js'
import { temporaryDirectory } from '../../support/storeGiven.js'

describe('the process managers of a machine', () => {
  let root: ReturnType<typeof temporaryDirectory>
  beforeEach(() => {
    root = temporaryDirectory()
  })
  afterEach(() => root[Symbol.dispose]())
  const at = (...parts: readonly string[]): string => join(root.path, ...parts)
  const make = (...parts: readonly string[]): string => {
    mkdirSync(at(...parts), { recursive: true })
    return at(...parts)
  }

  it('are found in the home of the user, shared places and DAEMON_HOME, each once, with their daemon', async () => {
    make('me', '.wemixd', 'wemixvisor', 'genesis', 'bin')
    writeFileSync(at('me', '.wemixd', 'wemixvisor', 'genesis', 'bin', 'wemixd'), '')
    make('lib', 'gaia', 'cosmovisor')
    make('lib', 'nothing', 'data')
    make('elsewhere', 'node', 'cosmovisor')
    symlinkSync(at('lib', 'gaia'), at('lib', 'same'))

    expect(await findManagers({ HOME: at('me'), DAEMON_HOME: at('elsewhere', 'node') }, [at('lib')])).toStrictEqual([
      { home: at('elsewhere', 'node'), profile: 'cosmovisor' },
      { home: at('me', '.wemixd'), profile: 'wemixvisor', daemon: 'wemixd' },
      { home: at('lib', 'gaia'), profile: 'cosmovisor' },
    ])
    expect(await findManagers({ DAEMON_HOME: at('lib', 'same') }, [at('lib')])).toStrictEqual([
      { home: at('lib', 'same'), profile: 'cosmovisor' },
    ])
  })

  it('are none if there are none, if one is a file, or if a directory cannot be read', async () => {
    writeFileSync(at('cosmovisor'), '')
    expect(await findManagers({ HOME: root.path, DAEMON_HOME: root.path }, [at('absent')])).toStrictEqual([])
    expect(await findManagers({}, [])).toStrictEqual([])
  })
})
