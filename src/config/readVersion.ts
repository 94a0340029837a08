import { createRequire } from 'node:module'
import { isJsonObject } from '../domain/text/json.js'

/** The version in package.json. The relative path is the same from `src/config`, `dist/config` and `dist/cli`. */
export function readVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../package.json')
  return isJsonObject(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : 'unknown'
}
