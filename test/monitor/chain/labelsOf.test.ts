import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src/config/parseConfig.js'
import type { Labels } from '../../../src/domain/labels.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import { labelsOf } from '../../../src/monitor/chain/labelsOf.js'
import { proposal } from '../../support/builders.js'
import { governor, minimal } from '../../support/configs.js'

const [chain] = parseConfig(
  minimal({
    labels: { team: 'core', net: 'main' },
    governance: {
      system: 'governor',
      address: governor,
      classify: [
        { type: 'emergency', title: 'halt', labels: { team: 'on-call' } },
        { type: 'other', title: 'bridge', labels: { area: 'bridge' } },
      ],
    },
    plans: [{ proposal: '7', name: 'v2', height: 9, labels: { area: 'node' } }],
  }),
).chains

const labelled = (id: string, title: string): Labels => labelsOf(chain!)(proposal(id, { title }) satisfies Proposal)

describe('labelsOf', () => {
  it('merges the labels of the chain, of the first matching rule and of the bound plan; the last of a name wins', () => {
    expect(labelled('1', 'Pay the gardener')).toStrictEqual({ team: 'core', net: 'main' })
    expect(labelled('1', 'Halt the bridge')).toStrictEqual({ team: 'on-call', net: 'main' })
    expect(labelled('7', 'Open the bridge')).toStrictEqual({ team: 'core', net: 'main', area: 'node' })
  })
})
