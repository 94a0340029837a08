import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { createServerAccess } from '../../src/monitor/createServerAccess.js'
import { inspectHandlers } from '../../src/monitor/inspectHandlers.js'

it('the report of a handler shows its name, even if the name is part of its secret address', async () => {
  const config = parseConfig({
    chains: [
      {
        name: 'local',
        rpc: { urls: ['http://127.0.0.1:8545'] },
        governance: { system: 'governor', address: '0x5FbDB2315678afecb367f032d93F642f64180aa3' },
      },
    ],
    // Nobody listens there.
    notifier: {
      handlers: [{ type: 'slack', name: 'pager-room', webhookUrl: 'http://127.0.0.1:1/pager-room/hook-key' }],
    },
  })
  const [report] = await inspectHandlers(config, createServerAccess(config), new AbortController().signal)
  expect(report?.problem).toMatch(/^pager-room: /)
  expect(report?.problem).not.toContain('hook-key')
})
