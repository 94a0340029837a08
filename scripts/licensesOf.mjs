// What the licences of bundled packages ask to go along with every copy.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
// They name the MIT licence and the author of hono, and bring no file of it: hono's own is the same text.
const licenceElsewhere = { '@hono/zod-openapi': 'hono', '@hono/zod-validator': 'hono' }

/** The licences of the packages of which one of these files, paths from the root, is a part. */
export function licensesOf(files) {
  const directories = files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])
  return [...new Set(directories)]
    .sort()
    .map((directory) => {
      const { name, version } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'))
      const from = name in licenceElsewhere ? join('node_modules', licenceElsewhere[name]) : directory
      const file = readdirSync(join(root, from)).find((entry) => /^licen[cs]e/i.test(entry))
      if (file === undefined) throw new Error(`${name} has no licence that could go along with the bundle.`)
      return `${name} ${version}\n\n${readFileSync(join(root, from, file), 'utf8').trim()}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}
