import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { flagsFor } from '../../src/cli/tuneEngine.js'

describe('tuneEngine', () => {
  it('knows the flags of the engine it runs on: that takes each without a word', () => {
    const flags = flagsFor(process.versions.v8)
    const { status, stderr } = spawnSync(process.execPath, [
      '--eval',
      `const { setFlagsFromString } = require('node:v8')
      for (const flag of ${JSON.stringify(flags)}) setFlagsFromString(flag)`,
    ])
    expect({ status, stderr: String(stderr), isTuned: flags.length > 1 }).toStrictEqual({
      status: 0,
      stderr: '',
      isTuned: true,
    })
  })

  it('asks an engine that it does not know for a small heap alone', () => {
    expect(flagsFor('99.1.2')).toStrictEqual(['--heap-growing-percent=60'])
  })
})
