import { keccak256, stringToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { describeAction } from '../../src/sources/governance/govBase/descriptions.js'
import { statusOf } from '../../src/sources/governance/govBase/toProposal.js'
import { tableOf } from './pages.js'

describe('docs/gov-base.md', () => {
  it('lists the statuses for those of the contract', () => {
    const rows = tableOf('docs/gov-base.md', ['`status` of the contract', 'Status', 'What it means'])

    expect(rows.map(([number = '', status]) => [parseInt(number, 10), status])).toStrictEqual(
      rows.map((_, index) => [index + 1, statusOf({ status: index + 1, createdAt: 0n }, 1n, 0n)?.status]),
    )
    expect(statusOf({ status: rows.length + 1, createdAt: 0n }, 1n, 0n)).toBeUndefined()
  })

  it('lists the type of every action', () => {
    const rows = tableOf('docs/gov-base.md', ['Action', 'Title', 'Type'])
    for (const [names = '', , type] of rows) {
      for (const name of names
        .split(/, /)
        .map((one) => one.replace(/,.*/, ''))
        .filter((one) => /^[A-Z_]+$/.test(one))) {
        expect([
          name,
          describeAction(
            { actionType: keccak256(stringToHex(name)), callData: '0x', requiredApprovals: 3n },
            'GovValidator',
          ).kind,
        ]).toStrictEqual([name, type])
      }
    }
    expect(rows).toHaveLength(9)
  })
})
