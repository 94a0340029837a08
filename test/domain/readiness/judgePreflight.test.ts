import { expect, it } from 'vitest'
import type { DownloadFacts } from '../../../src/domain/readiness/downloadFacts.js'
import { judgePreflight, type PreflightFacts } from '../../../src/domain/readiness/judgePreflight.js'
import type { Staging } from '../../../src/domain/readiness/staging.js'
import { upgrade } from '../../support/storeGiven.js'

const mebibyte = 1_048_576
const machine = { os: 'linux', arch: 'amd64' }
const unstaged: Staging = { kind: 'no-directory', layout: 'cosmovisor', directory: '/home/cosmovisor/upgrades/v2' }
const staged: Staging = {
  kind: 'binary',
  layout: 'cosmovisor',
  path: '/home/cosmovisor/upgrades/v2/bin/noded',
  size: 1,
  mayBeRun: true,
  format: { kind: 'script' },
  hashes: {},
}

function diskOf(staging: Staging, download: DownloadFacts): string | undefined {
  const facts: PreflightFacts = {
    machine,
    staging,
    finding: { kind: 'none', named: [] },
    download,
    node: { reason: 'It is down.' },
    disk: { home: '/home', free: 300 * mebibyte, dataSize: 0 },
    now: 0,
  }
  return judgePreflight(upgrade('2'), facts).checks.find(({ id }) => id === 'disk')?.verdict
}

it('the disk check includes the download that the process manager still has to store', () => {
  const announced: DownloadFacts = { kind: 'answered', size: 100 * mebibyte }
  expect(diskOf(unstaged, announced)).toBe('not_ready')
  expect(diskOf(unstaged, { kind: 'answered' })).toBe('ready')
  expect(diskOf(unstaged, { kind: 'missing', problem: 'gone' })).toBe('ready')
  expect(diskOf(staged, announced)).toBe('ready')
})
