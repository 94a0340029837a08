import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { createProgram } from '../../src/cli/program.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { isKnownHost } from '../../src/server/hosts.js'
import { temporaryDirectory } from '../support/storeGiven.js'
import { commandHere } from '../support/cliHere.js'
import { serving } from '../server/serving.js'
import { root } from './pages.js'

const fileOf = (name: string): string => readFileSync(new URL(`contrib/container/${name}`, root), 'utf8')
const documentsOf = (name: string): readonly unknown[] =>
  parseAllDocuments(fileOf(name)).map((document) => {
    const value: unknown = document.toJS()
    return value
  })
const main = '/opt/govstream/dist/cli/main.js'
const dockerfile = fileOf('Dockerfile').replaceAll('\\\n', ' ')
/** The words of an instruction in its list form. */
const listOf = (instruction: string): readonly string[] => {
  const [, list = '[]'] = new RegExp(`^${instruction}.*?(\\[.*\\])$`, 'm').exec(dockerfile) ?? []
  return z.array(z.string()).parse(JSON.parse(list))
}

/** Runs the words through the command line that the image starts. */
async function takes(words: readonly string[]): Promise<string | undefined> {
  let ran: string | undefined
  const program = createProgram(commandHere().context, () => undefined)
  for (const command of program.commands) command.action(() => void (ran = command.name()))
  await program.parseAsync([...words], { from: 'user' })
  return ran
}

const probe = (path: string) => z.looseObject({ httpGet: z.object({ path: z.literal(path), port: z.literal('http') }) })
const mount = z.object({ mountPath: z.string(), name: z.string(), readOnly: z.boolean().optional() })
const setSchema = z.object({
  spec: z.object({
    replicas: z.literal(1),
    template: z.object({
      spec: z.object({
        securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
        containers: z.tuple([
          z.looseObject({
            args: z.array(z.string()),
            securityContext: z.looseObject({ readOnlyRootFilesystem: z.literal(true) }),
            ports: z.tuple([z.object({ name: z.literal('http'), containerPort: z.literal(9464) })]),
            livenessProbe: probe('/healthz'),
            readinessProbe: probe('/readyz'),
            volumeMounts: z.array(mount),
          }),
        ]),
      }),
    }),
  }),
})
const mapSchema = z.object({ data: z.object({ 'govstream.yaml': z.string() }) })
const composeSchema = z.object({
  services: z.object({
    govstream: z.looseObject({
      read_only: z.literal(true),
      ports: z.tuple([z.literal('127.0.0.1:9464:9464')]),
      volumes: z.array(z.string()),
      user: z.string().regex(/^[1-9]/),
    }),
  }),
})

describe('the image', () => {
  it('starts the program that the build makes, with an existing command', async () => {
    const { bin } = z
      .object({ bin: z.object({ govstream: z.string() }) })
      .parse(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')))
    expect(`/opt/govstream/${bin.govstream}`).toBe(main)
    expect(listOf('ENTRYPOINT')).toStrictEqual(['node', main])
    expect(await takes(listOf('CMD'))).toBe('run')
  })

  it('is healthy while the process answers', async () => {
    const { port, stop } = await serving({ listen: '127.0.0.1:0' })
    const [program = '', ...words] = listOf('HEALTHCHECK').map((word) => word.replace(':9464/', `:${port}/`))
    const check = async (): Promise<unknown> => promisify(execFile)(program, words)
    await expect(check()).resolves.toBeDefined()
    await stop()
    await expect(check()).rejects.toMatchObject({ code: 1 })
  })

  it('contains everything that the program serves, including the page', async () => {
    using directory = temporaryDirectory()
    const copies = [...dockerfile.matchAll(/^COPY --from=build \/src\/(\S+) \/opt\/govstream\/(\S+)$/gm)]
    for (const [, from = '', to = ''] of copies)
      cpSync(new URL(from, root), join(directory.path, to), { recursive: true })
    symlinkSync(fileURLToPath(new URL('node_modules', root)), join(directory.path, 'node_modules'))
    writeFileSync(
      join(directory.path, 'a.yaml'),
      'http: { listen: "127.0.0.1:0" }\nstate: ":memory:"\nlog: { format: json }\n' +
        'chains: [{ name: a, rpc: { urls: ["http://127.0.0.1:9"] }, governance: { system: wemixvisor-rpc } }]\n',
    )
    const [, file = ''] = listOf('ENTRYPOINT')
    const run = spawn(process.execPath, [file.replace('/opt/govstream', directory.path), 'run', '--config', 'a.yaml'], {
      cwd: directory.path,
    })
    try {
      for await (const line of createInterface(run.stderr)) {
        const [, url] = /"url":"([^"]+)".*http listens/.exec(line) ?? []
        if (url === undefined) continue
        expect((await fetch(url)).status).toBe(200)
        break
      }
    } finally {
      run.kill()
      await once(run, 'exit')
    }
    expect.assertions(1)
  })

  it('copies only files of the repository, and does not run as root', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
    for (const file of copied)
      expect(() =>
        readFileSync(
          new URL(`${file}/package.json`.replace(/^\.\//, '').replace(/^(package.*\.json)\/.*$/, '$1'), root),
        ),
      ).not.toThrow()
    expect(dockerfile).toMatch(/\nUSER node\n/)
  })
})

describe('the manifests', () => {
  it('mount a valid configuration, and the directories that it writes to', () => {
    const map = mapSchema.parse(documentsOf('kubernetes.yaml')[0])
    const [set] = [setSchema.parse(documentsOf('kubernetes.yaml')[1])]
    const configs = [
      documentsOf('govstream.yaml')[0],
      parseAllDocuments(map.data['govstream.yaml'])[0]?.toJS(),
    ] as const
    const [container] = set.spec.template.spec.containers
    const compose = composeSchema.parse(documentsOf('compose.yaml')[0])
    const written = [
      container.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath),
      compose.services.govstream.volumes
        .filter((volume) => !volume.endsWith(':ro'))
        .map((volume) => volume.split(':')[1]),
    ]
    for (const each of configs) {
      const { state, chains, http } = parseConfig(z.custom<Parameters<typeof parseConfig>[0]>().parse(each))
      expect(http?.listen).toStrictEqual({ host: '0.0.0.0', port: 9464 })
      // The address of the container in its network is reached under the names of the machine.
      for (const name of ['localhost', '127.0.0.1'])
        expect(http && isKnownHost({ name, port: 9464 }, http, { port: 9464, localAddress: '172.17.0.2' })).toBe(true)
      for (const places of written) {
        expect(places).toContain(state.replace(/\/[^/]*$/, ''))
        // Not only its data directory: a snapshot would replace that, and it would no longer be the mounted one.
        expect(places).toStrictEqual(expect.arrayContaining(chains.map(({ upgradeInfo }) => upgradeInfo.home)))
      }
    }
    expect(container.volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/govstream', readOnly: true })
    expect(compose.services.govstream.volumes).toContain('./govstream.yaml:/etc/govstream/govstream.yaml:ro')
  })

  it('start with an existing command', async () => {
    const [container] = setSchema.parse(documentsOf('kubernetes.yaml')[1]).spec.template.spec.containers
    expect(await takes(container.args)).toBe('run')
  })
})
