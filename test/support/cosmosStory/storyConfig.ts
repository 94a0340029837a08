import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigInput } from '../../../src/config/schema.js'

/**
 * The configuration for the story, in a file: govstream writes the upgrade file, and there are
 * voters.
 */
export function writeStoryConfig(place: string, url: string, voters: readonly string[]): string {
  const config: ConfigInput = {
    state: join(place, 'govstream.db'),
    notifier: {
      voters: [...voters],
      reminders: ['3s'],
      handlers: [{ type: 'webhook', url: 'http://127.0.0.1:1/nobody' }],
    },
    chains: [
      {
        name: 'story',
        rpc: { urls: [url], chainId: 'story-1' },
        governance: { system: 'cosmos', rest: [url] },
        monitor: { pollInterval: '1s' },
        scheduler: { minUpgradeDelay: '0s', reminders: ['3 blocks'] },
        upgradeInfo: { home: join(place, 'home'), profile: 'cosmovisor', when: 'at-height' },
      },
    ],
  }
  const file = join(place, 'govstream.yaml')
  writeFileSync(file, JSON.stringify(config))
  return file
}

export function replayArgs(config: string, from: string | number, to: string | number): readonly string[] {
  return ['replay', '--chain', 'story', '--from', `${from}`, '--to', `${to}`, '--config', config]
}
