import { resolve } from 'node:path'

/** The absolute path at which wemixvisor and cosmovisor look. */
export function upgradeInfoPath(home: string): string {
  return resolve(home, 'data', 'upgrade-info.json')
}
