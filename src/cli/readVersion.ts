import { fileURLToPath } from 'node:url'
import { readJsonSync } from 'fs-extra/esm'
import * as z from 'zod'

/** The version in package.json, which lies at the same distance from `src` and `dist`. */
export function readVersion(): string {
  return z
    .object({ version: z.string() })
    .parse(readJsonSync(fileURLToPath(new URL('../../package.json', import.meta.url)))).version
}
