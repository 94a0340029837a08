import { resolve } from 'node:path'

/** Where wemixvisor and cosmovisor look, absolute. */
export function upgradeInfoPath(home: string): string {
  return resolve(home, 'data', 'upgrade-info.json')
}
