import { spawnSync } from 'node:child_process'
import {
  chownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { planUnit, type Started } from '../../src/cli/service/planUnit.js'
import { renderUnit, type UnitPlan } from '../../src/cli/service/renderUnit.js'
import { serviceInstall } from '../../src/cli/commands/service.js'
import { cliHere, commandHere } from '../support/cliHere.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const plan: UnitPlan = {
  command: ['/usr/bin/node', '/opt/govstream/dist/cli/main.js', 'run', '--config', '/etc/govstream/govstream.yaml'],
  user: 'wemix',
  directory: '/var/lib/govstream',
  writes: ['/var/lib/govstream', '/var/lib/wemixd'],
  guards: ['/var/lib/wemixd/wemixvisor'],
  readsHomes: false,
  notifies: true,
  gracePeriod: 10_000,
}
/** The values of a key, in order. */
const valuesOf = (unit: string, key: string): readonly string[] =>
  unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []))

describe('a systemd unit', () => {
  it('is watched by systemd where systemd-notify is there, and only started where it is not', () => {
    const watched = renderUnit(plan)
    expect(watched).toContain('\nType=notify\n')
    expect(watched).toContain('\nNotifyAccess=all\n')
    expect(valuesOf(watched, 'WatchdogSec')).toStrictEqual(['120'])
    const plain = renderUnit({ ...plan, notifies: false })
    expect(plain).toContain('\nType=exec\n')
    expect(plain).not.toMatch(/Watchdog|Notify/)
  })

  it('may write to the state and the home of the file, but not to what the node runs, and to nothing else', () => {
    const unit = renderUnit(plan)
    expect(valuesOf(unit, 'ProtectSystem')).toStrictEqual(['strict'])
    expect(valuesOf(unit, 'ReadWritePaths')).toStrictEqual(['/var/lib/govstream', '/var/lib/wemixd'])
    // Where it is not there, systemd does without.
    expect(valuesOf(unit, 'ReadOnlyPaths')).toStrictEqual(['-/var/lib/wemixd/wemixvisor'])
    expect(valuesOf(unit, 'ProtectHome')).toStrictEqual(['yes'])
    expect(valuesOf(renderUnit({ ...plan, readsHomes: true }), 'ProtectHome')).toStrictEqual(['read-only'])
    expect(valuesOf(unit, 'User')).toStrictEqual(['wemix'])
  })

  it('stops no sooner than the grace is over, and does not start a wrong configuration again', () => {
    expect(valuesOf(renderUnit({ ...plan, gracePeriod: 45_500 }), 'TimeoutStopSec')).toStrictEqual(['66'])
    expect(valuesOf(renderUnit(plan), 'RestartPreventExitStatus')).toStrictEqual(['2'])
  })

  it('takes any path for the words it is, and refuses one that would begin a line of its own', () => {
    const odd = { ...plan, writes: ['/srv/a "b" %h $HOME\\c'], directory: '/srv/50%' }
    expect(valuesOf(renderUnit(odd), 'ReadWritePaths')).toStrictEqual(['"/srv/a \\"b\\" %%h $$HOME\\\\c"'])
    expect(valuesOf(renderUnit(odd), 'WorkingDirectory')).toStrictEqual(['/srv/50%%'])
    expect(() => renderUnit({ ...plan, directory: '/srv\nExecStartPre=/bin/evil' })).toThrow(/on one line/)
  })

  it.runIf(spawnSync('systemd-analyze', ['--version']).status === 0).each([
    ['of the machine', {}],
    ['without systemd-notify', { notifies: false }],
    ['with odd paths', { writes: ['/srv/a "b" %h $HOME'], directory: '/srv/50% of it' }],
  ] satisfies readonly [string, Partial<UnitPlan>][])('%s is one that systemd loads without a word', (_, parts) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'govstream.service')
    writeFileSync(
      path,
      renderUnit({ ...plan, user: 'root', ...parts, command: [process.execPath, ...plan.command.slice(1)] }),
    )
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' })
    // It looks at the units of the machine, too.
    expect(stderr.split('\n').filter((line) => line.includes('govstream'))).toStrictEqual([])
    expect(status).toBe(0)
  })
})

describe('service', () => {
  let root: ReturnType<typeof temporaryDirectory>
  beforeEach(() => {
    root = temporaryDirectory()
    mkdirSync(join(root.path, 'home', 'data'), { recursive: true })
    writeFileSync(
      join(root.path, 'govstream.yaml'),
      `state: state/govstream.db\nchains:\n  - name: local\n    rpc: { urls: ["\${NODE_URL}"] }\n    governance: { system: wemixvisor-rpc }\n    upgradeInfo: { home: "${join(root.path, 'home')}" }\n`,
    )
    writeFileSync(join(root.path, 'secrets'), '# of the node\nNODE_URL="http://127.0.0.1:9/key-0123456789"\n')
  })
  afterEach(() => {
    root[Symbol.dispose]()
    vi.unstubAllEnvs()
  })
  const started = (): Started => ({
    environment: { PATH: '/nowhere', NODE_URL: 'http://127.0.0.1:9' },
    cwd: root.path,
    node: '/usr/bin/node',
    script: '/opt/govstream/dist/cli/main.js',
  })

  it('takes paths and user from the configuration, and says what must be made before', () => {
    const { plan: planned, notes } = planUnit({}, started())
    expect(planned).toMatchObject({
      command: [
        '/usr/bin/node',
        '/opt/govstream/dist/cli/main.js',
        'run',
        '--config',
        join(root.path, 'govstream.yaml'),
      ],
      directory: root.path,
      // Not home/data, which a snapshot replaces while this runs.
      writes: [join(root.path, 'state'), join(root.path, 'home')],
      guards: ['bin', 'config', 'cosmovisor', 'keystore', 'wemixvisor'].map((name) => join(root.path, 'home', name)),
      notifies: false,
    })
    expect(notes).toContain(
      `${join(root.path, 'state')} is not there: make it before the start, as the user of the node.`,
    )
    expect(planUnit({ user: true }, started()).plan).not.toHaveProperty('user')
  })

  it('may write where a link of the name data leads', () => {
    using disk = temporaryDirectory()
    rmdirSync(join(root.path, 'home', 'data'))
    symlinkSync(disk.path, join(root.path, 'home', 'data'))
    expect(planUnit({}, started()).plan.writes).toStrictEqual([
      join(root.path, 'state'),
      join(root.path, 'home'),
      realpathSync(disk.path),
    ])
  })

  it.each([
    ['writes into', '/home/gaia', 'at-height', true],
    ['only looks into before the height', '/home/gaia', 'never', true],
    ['needs nothing of', '/srv/gaia', 'at-height', false],
  ])('sees a home of people that it %s', (_, home, when, isSeen) => {
    writeFileSync(
      join(root.path, 'govstream.yaml'),
      `state: ":memory:"\nchains:\n  - name: hub\n    rpc: { urls: [http://127.0.0.1:9] }\n    governance: { system: cosmos, rest: [http://127.0.0.1:9] }\n    upgradeInfo: { home: ${home}, when: ${when} }\n`,
    )
    const { readsHomes, writes } = planUnit({}, started()).plan
    expect({ readsHomes, writes }).toStrictEqual({ readsHomes: isSeen, writes: when === 'never' ? [] : [home] })
  })

  it.runIf(process.getuid?.() === 0)('says what the user of the unit may not write to', () => {
    const state = join(root.path, 'state')
    mkdirSync(state)
    chownSync(join(root.path, 'home'), 54_321, 54_321)
    chownSync(join(root.path, 'home', 'data'), 54_321, 54_321)
    expect(planUnit({}, started()).notes).toStrictEqual([
      `${state} belongs to root, and the unit runs as 54321: chown -R 54321 ${state}`,
    ])
    expect(planUnit({ user: true }, started()).notes).toStrictEqual([])
    chownSync(state, 54_321, 54_321)
    expect(planUnit({}, started()).notes).toStrictEqual([])
  })

  it.runIf(process.getuid?.() === 0)('runs as the owner of the home of the node', () => {
    chownSync(join(root.path, 'home'), 1, 1)
    const { name } = {
      name: readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .find((line) => line.split(':')[2] === '1')
        ?.split(':')[0],
    }
    expect(planUnit({}, started()).plan.user).toBe(name)
    chownSync(join(root.path, 'home'), 54_321, 54_321)
    expect(planUnit({}, started()).plan.user).toBe('54321')
  })

  it('takes variables from the file that the unit will take them from, and shows none of them', async () => {
    const { code, out } = await cliHere(['service', 'print', '--env-file', 'secrets'], root.path)
    expect(code).toBe(0)
    expect(out).toContain(`\nEnvironmentFile=${join(root.path, 'secrets')}\n`)
    expect(out).not.toContain('key-0123456789')
    const without = await cliHere(['service', 'print'], root.path)
    expect(without.code).toBe(2)
    expect(without.err).toContain('expected the environment variable NODE_URL')
    expect(await cliHere(['service', 'print', '--env-file', 'absent'], root.path)).toMatchObject({ code: 2 })
  })

  it('writes a unit of the user, says what to run, and replaces no other unit unasked', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', join(root.path, 'config'))
    const install = (...more: readonly string[]) =>
      cliHere(['service', 'install', '--user', '--env-file', 'secrets', ...more], root.path)
    const path = join(root.path, 'config', 'systemd', 'user', 'govstream.service')
    expect(await install()).toMatchObject({
      code: 0,
      out: `Wrote ${path}. Now run:\n  systemctl --user daemon-reload\n  systemctl --user enable --now govstream.service\n`,
    })
    expect(statSync(path).mode & 0o777).toBe(0o644)
    expect(await install()).toMatchObject({ code: 0 })
    writeFileSync(path, '# mine\n')
    expect(await install()).toMatchObject({
      code: 2,
      err: `${path}: expected no other unit, but there is one; --force replaces it\n`,
    })
    expect(readFileSync(path, 'utf8')).toBe('# mine\n')
    expect(await install('--force')).toMatchObject({ code: 0 })
    expect(readFileSync(path, 'utf8')).toContain('WantedBy=default.target')
  })

  it('needs root for a unit of the machine', async () => {
    await expect(serviceInstall({}, commandHere().context, false)).rejects.toThrow(/expected to be run as root/)
  })
})
