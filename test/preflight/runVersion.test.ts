import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { judgeVersion, type VersionFacts } from '../../src/domain/readiness/judgeVersion.js'
import { runVersion } from '../../src/preflight/runVersion.js'
import { onPlace as it } from '../support/onPlace.js'

const noexec: unknown = expect.stringContaining('noexec')
const facts: VersionFacts = { path: '/v2/noded', ok: false, summary: 'failed', output: '' }

function program(home: string, text: string, mode = 0o755): string {
  const path = join(home, 'noded')
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

describe('the version of a binary', () => {
  it('is read with an empty home and an environment without our variables', async ({ place: { home } }) => {
    vi.stubEnv('SECRET', 'x')
    onTestFinished(() => void vi.unstubAllEnvs())
    const path = program(home, '#!/bin/sh\n[ -d "$HOME" ] && [ -z "$(ls -A "$HOME")" ] && echo "v2 $SECRET."\n')
    expect(judgeVersion(await runVersion(path, new AbortController().signal))).toMatchObject({
      verdict: 'ready',
      reason: `${path} runs: v2 ..`,
    })
  })

  it('is unknown if the binary cannot be run by us', async ({ place: { home } }) => {
    const path = program(home, '#!/bin/sh\n', 0o600)
    expect(judgeVersion(await runVersion(path, new AbortController().signal))).toMatchObject({
      verdict: 'unknown',
      todo: noexec,
    })
  })

  it('is not ready if its interpreter is missing', async ({ place: { home } }) => {
    const path = program(home, '#!/nonexistent/interpreter\n')
    expect(judgeVersion(await runVersion(path, new AbortController().signal))).toMatchObject({ verdict: 'not_ready' })
  })

  it('is unknown after a time-out or exit code 1, when the binary may work, and not ready after SIGILL', () => {
    expect(judgeVersion({ ...facts, hindrance: 'time' }).verdict).toBe('unknown')
    expect(judgeVersion({ ...facts, summary: 'was ended by SIGILL' }).verdict).toBe('not_ready')
    expect(judgeVersion({ ...facts, exitCode: 1 }).verdict).toBe('unknown')
  })

  it('is unknown if no home can be created for it', async () => {
    vi.stubEnv('TMPDIR', '/nonexistent')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(judgeVersion(await runVersion('/v2/noded', new AbortController().signal)).verdict).toBe('unknown')
  })
})
