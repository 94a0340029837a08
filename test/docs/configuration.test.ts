import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { withConfigReference } from '../../scripts/configReference.js'
import { assembleChain } from '../../src/monitor/chain/assembleChain.js'
import { createServerAccess } from '../../src/monitor/createServerAccess.js'
import { interpolate } from '../../src/config/file/interpolate.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { parseYaml } from '../../src/config/file/parseYaml.js'
import { systems } from '../../src/config/systems.js'
import { ConfigError } from '../../src/domain/errors.js'
import { extractPlan } from '../../src/domain/plans/extractPlan.js'
import { parseUpgradeInfo } from '../../src/sinks/upgradeInfo/parseUpgradeInfo.js'
import { statusOf } from '../../src/sources/governance/governor/toProposal.js'
import { governor, minimal } from '../support/configs.js'
import { blocksIn, pageText, tableOf } from './pages.js'

const fileSchema = z.object({ info: z.unknown() })
const mapping = z.looseObject({})
const environment = {
  WEBHOOK_URL: 'https://example.org/hook',
  WEBHOOK_SECRET: 'secret',
  SMTP_URL: 'smtps://user:password@mail.example.org',
  PAGERDUTY_KEY: '0123456789abcdef0123456789abcdef',
  TEAMS_URL: 'https://flow.example.org/invoke?sig=x',
  NTFY_TOKEN: 'tk_x',
  PUSHOVER_TOKEN: 'azGDORePK8gMaC0QOYAMyEEuzJnyUi',
  PUSHOVER_USER: 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG',
  TELL_TOKEN: 'x',
  BACKUP_RPC_URL: 'http://127.0.0.1:8546',
  SLACK_TOKEN: 'xoxb-1',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T/B/x',
  DISCORD_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/x',
  TELEGRAM_TOKEN: '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawq',
  MATRIX_TOKEN: 't',
  PING_URL: 'https://hc-ping.com/x',
  READ_TOKEN: 'r2d4Zl0mQmRr3n5l',
  WRITE_TOKEN: 'w8Hq1sVbYc0dT7ka',
}

describe('a configuration on a page', () => {
  it.each(blocksIn('yaml'))('is valid and complete: $page:$line', ({ page, text }) => {
    const { value, issues } = interpolate(parseYaml(text, page).value, environment)

    expect(issues).toStrictEqual([])
    // A block may be one section; a complete one has its own chains.
    const whole = /^(?:notifier|http):/.test(text) ? { ...minimal(), ...mapping.parse(value) } : value
    expect(parseConfig(whole).chains.length).toBeGreaterThan(0)
  })

  it('is tested for each page that has one', () => {
    expect(blocksIn('yaml').map(({ page }) => page)).toStrictEqual(
      expect.arrayContaining(['README.md', 'docs/configuration.md', 'docs/governor.md', 'docs/process-managers.md']),
    )
  })
})

describe('docs/configuration.md', () => {
  it('has the tables that "scripts/writeConfigReference.ts" writes', () => {
    const page = pageText('docs/configuration.md')

    expect(page).toBe(withConfigReference(page))
  })
})

/** The settings that a chain of each system requires. */
const governanceOf: Readonly<Record<(typeof systems)[number], object>> = {
  governor: { address: governor },
  'gov-base': { address: governor },
  wemix: {},
  'wemixvisor-rpc': {},
  'upgrade-entrypoint': { address: '0x5FbDB2315678afecb367f032d93F642f64180aa3' },
  cosmos: { rest: ['http://127.0.0.1:1317'] },
  signal: { rest: ['http://127.0.0.1:1317'] },
  'fork-config': {},
}

function hasReader(system: (typeof systems)[number]): boolean {
  const config = parseConfig(minimal({ governance: { system, ...governanceOf[system] } }))
  const [chain] = config.chains
  try {
    return (
      chain !== undefined &&
      assembleChain(chain, { ...createServerAccess(config), now: () => 0 }).reader.system === system
    )
  } catch (error) {
    if (error instanceof ConfigError) return false
    throw error
  }
}

describe('README.md', () => {
  it('lists the governance systems that have a reader', () => {
    expect(tableOf('README.md', ['`governance.system`', 'Reads']).map(([system]) => system)).toStrictEqual(
      systems.filter(hasReader),
    )
  })
})

describe('docs/governor.md', () => {
  it('lists the statuses for the states of the contract', () => {
    const rows = tableOf('docs/governor.md', ['`state()` of the contract', 'Status', '`derived`'])

    expect(rows.map(([, status, derived]) => ({ status, derived: derived === 'true' }))).toStrictEqual(
      rows.map((_, state) => statusOf(state)),
    )
    expect(statusOf(rows.length)).toBeUndefined()
  })

  it('shows a proposal whose plan is found and valid', () => {
    const findings = blocksIn('markdown').map(({ text }) => extractPlan({ description: text, actions: [] }))

    expect(findings).toMatchObject([
      { origin: 'fenced-block', problems: [], plan: { name: 'v2.0.0', height: 1_500_000 } },
    ])
  })
})

describe('docs/process-managers.md', () => {
  it.each(blocksIn('json'))('has a file that can be read: $page:$line', ({ text }) => {
    expect(parseUpgradeInfo(text)).toMatchObject({ kind: 'plan', plan: { name: 'v2.0.0', height: 1_500_000 } })
  })

  it('has an info that is an object for one reader and text for the other', () => {
    const infos = blocksIn('json').map(({ text }) => typeof fileSchema.parse(JSON.parse(text)).info)

    expect(infos).toStrictEqual(['object', 'string'])
  })
})
