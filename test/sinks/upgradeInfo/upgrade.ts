import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'

type Part = Pick<Upgrade, 'name' | 'height' | 'info'>

export function upgrade({ name = 'v2', height = 1_000, info }: Partial<Part> = {}): Upgrade {
  return {
    key: 'local/0xgov/1',
    chain: 'local',
    contract: '0xgov',
    proposalId: '1',
    name,
    height,
    origin: 'call',
    status: 'scheduled',
    reasons: [],
    reminded: [],
    revision: 1,
    ...(info !== undefined && { info }),
  }
}
