// Asks the registry for advisories on what a copy of govstream is made of. One is a failure; a registry that cannot be
// asked is not.
import { spawnSync } from 'node:child_process'
import * as z from 'zod'
import { billOfMaterials } from './billOfMaterials.js'

const answerSchema = z.object({
  message: z.string().default('no answer'),
  vulnerabilities: z
    .record(
      z.string(),
      z.object({ severity: z.string(), via: z.array(z.union([z.string(), z.object({ url: z.string() })])) }),
    )
    .optional(),
})

const { stdout } = spawnSync('npm', ['audit', '--json', '--fetch-retries', '0', '--fetch-timeout', '20000'], {
  cwd: new URL('..', import.meta.url),
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
})
const { message, vulnerabilities } = answerSchema.parse(JSON.parse(stdout === '' ? '{}' : stdout))
if (vulnerabilities === undefined) {
  console.log(`No audit: the registry cannot be asked (${message.split(' - ')[0]}).`)
} else {
  const { components } = billOfMaterials()
  const found = components.flatMap(({ name, version }) => {
    const advisories = vulnerabilities[name]
    return advisories === undefined ? [] : [{ ...advisories, name, version }]
  })
  for (const { name, version, severity, via } of found) {
    const reasons = via.map((one) => (typeof one === 'string' ? `by ${one}` : one.url))
    console.log(`${name} ${version}: ${severity}: ${reasons.join(', ')}`)
  }
  console.log(`${found.length} of ${components.length} packages with an advisory.`)
  if (found.length > 0) process.exitCode = 1
}
