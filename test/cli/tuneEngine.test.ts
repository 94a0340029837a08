import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { flagsFor } from '../../src/cli/tuneEngine.js'

describe('tuneEngine', () => {
  it('knows the flags of the engine that runs it: each is accepted without a warning', () => {
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

  it('sets only a smaller heap growth for an unknown engine', () => {
    expect(flagsFor('99.1.2')).toStrictEqual(['--heap-growing-percent=60'])
  })
})
