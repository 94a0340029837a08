// What a copy of govstream is made of: the packages that are installed along with it, and those that are bundled into
// it, with all that they need.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as z from 'zod'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const componentSchema = z.looseObject({
  'bom-ref': z.string(),
  name: z.string(),
  version: z.string(),
  hashes: z.array(z.unknown()).optional(),
  licenses: z.array(z.unknown()).optional(),
  properties: z.array(z.unknown()).optional(),
  externalReferences: z.array(z.looseObject({ type: z.string() })),
})
const dependenciesSchema = z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) }))
const billSchema = z.object({
  $schema: z.string(),
  bomFormat: z.string(),
  specVersion: z.string(),
  metadata: z.object({ component: componentSchema }),
  components: z.array(componentSchema),
  dependencies: dependenciesSchema,
})
const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
})
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).default({}),
    }),
  ),
})

type Component = z.infer<typeof componentSchema>
type Needs = ReadonlyMap<string, readonly string[]>

/**
 * A bill of materials in CycloneDX, on every machine the same for the same lock and build: npm's own of the lock,
 * without what serves the build and the tests alone. Needs the build, whose lists of licences say what was bundled.
 */
export function billOfMaterials() {
  const npm = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
  const all = billSchema.parse(
    JSON.parse(execFileSync('npm', npm, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })),
  )
  const { name, version, license, dependencies, peerDependencies } = manifestSchema.parse(
    JSON.parse(read('package.json')),
  )
  const itself = { ...all.metadata.component, name, version, licenses: [{ license: { id: license } }] }
  const ref = itself['bom-ref']
  const named = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies), ...bundledNames()])
  const everyNeed = needsOf(all.dependencies)
  const needs: Needs = new Map([...everyNeed, [ref, everyNeed.get(ref)?.filter((one) => named.has(nameOf(one))) ?? []]])
  const shipped = reached(ref, needs)
  return {
    $schema: all.$schema,
    bomFormat: all.bomFormat,
    specVersion: all.specVersion,
    version: 1,
    metadata: { component: itself },
    components: all.components.filter((one) => shipped.has(one['bom-ref'])).map(withoutPlaces),
    dependencies: [...shipped].sort().map((one) => ({ ref: one, dependsOn: needs.get(one) ?? [] })),
  }
}

/** The packages that are part of the bundles of the command line and of the page. */
function bundledNames(): readonly string[] {
  const licences = ['cli', 'page'].map((room) => read(`dist/${room}/LICENSES.txt`))
  return licences.flatMap((text) => [...text.matchAll(/^(\S+) \d+\.\d+\.\d+\S*$/gm)].map(([, name = '']) => name))
}

/** What each package needs. A peer that may be absent is none: it is in the lock for something else. */
function needsOf(dependencies: z.infer<typeof dependenciesSchema>): Needs {
  const { packages } = lockSchema.parse(JSON.parse(read('package-lock.json')))
  const optionalPeers = new Map(
    Object.entries(packages).map(([path, { version = '', peerDependenciesMeta }]) => [
      `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
      Object.keys(peerDependenciesMeta).filter((peer) => peerDependenciesMeta[peer]?.optional === true),
    ]),
  )
  const isNeeded = (ref: string, by: string): boolean => optionalPeers.get(by)?.includes(nameOf(ref)) !== true
  return new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn.filter((one) => isNeeded(one, ref))]))
}

/** Of `@scure/base@1.2.6`, `@scure/base`. */
function nameOf(ref: string): string {
  return ref.slice(0, ref.lastIndexOf('@'))
}

function reached(ref: string, needs: Needs, found: Set<string> = new Set()): ReadonlySet<string> {
  if (found.has(ref)) return found
  found.add(ref)
  for (const next of needs.get(ref) ?? []) reached(next, needs, found)
  return found
}

/** Where npm put or got a package is nobody's business. */
function withoutPlaces({ properties: _paths, externalReferences, ...component }: Component) {
  return { ...component, externalReferences: externalReferences.filter(({ type }) => type !== 'distribution') }
}
