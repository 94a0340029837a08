import { describe, expect, it } from 'vitest'
import { newChain } from '../../src/domain/newChain.js'
import type { Labels } from '../../src/domain/labels.js'
import type { StageOptions } from '../../src/streams/pipeStages.js'
import { failure, proposal, reading, upgradeProposal } from '../support/builders.js'
import { stepLine } from '../support/line.js'

const options = (ofProposal: Labels): StageOptions => ({
  diff: { labelsOf: () => ofProposal },
  announce: { labels: { net: 'main' } },
  health: { downAfter: 0 },
})
const read = (at: number, ...proposals: Parameters<typeof reading>[1] & object) =>
  ({ type: 'reading', reading: reading(at, proposals) }) as const

describe('labels', () => {
  it('are on the proposal, its upgrade and every notification', () => {
    const step = stepLine(options({ team: 'core' }))
    const synced = step(newChain('local', 0), read(1)).state
    const { state, announcements } = step(synced, read(2, upgradeProposal('7', 'v2', 100, { status: 'passed' })))

    expect([...state.proposals.values()]).toMatchObject([{ labels: { team: 'core' } }])
    expect([...state.upgrades.values()]).toMatchObject([{ status: 'scheduled', labels: { team: 'core' } }])
    expect(announcements.map(({ notification: { event, labels } }) => [event, labels])).toStrictEqual([
      ['new_proposal', { net: 'main', team: 'core' }],
      ['voting_ended', { net: 'main', team: 'core' }],
      ['proposal_passed', { net: 'main', team: 'core' }],
      ['upgrade_scheduled', { net: 'main', team: 'core' }],
    ])
  })

  it('are those of the chain for a notification without a proposal', () => {
    const step = stepLine(options({ team: 'core' }))
    const down = step(step(newChain('local', 0), read(1)).state, { type: 'missed', reading: failure(60) })

    expect(down.announcements.map(({ notification: { event, labels } }) => [event, labels])).toStrictEqual([
      ['source_down', { net: 'main' }],
    ])
  })

  it('follow the configuration for open proposals, without another reading of them', () => {
    const before = stepLine(options({ team: 'core' }))(newChain('local', 0), read(1, proposal('7'))).state
    const { state, announcements } = stepLine(options({ team: 'infra' }))(before, read(2))
    expect([...state.proposals.values()]).toMatchObject([{ labels: { team: 'infra' } }])
    expect(announcements).toStrictEqual([])

    const without = stepLine(options({}))(state, read(3)).state
    expect([...without.proposals.values()][0]).not.toHaveProperty('labels')
  })

  it('change nothing in the state if they stay the same', () => {
    const step = stepLine(options({ team: 'core' }))
    const before = step(newChain('local', 0), read(1, proposal('7'))).state
    expect(step(before, read(2, proposal('7'))).touched.proposals).toStrictEqual([])
  })
})
