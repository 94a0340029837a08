import { spawnSync } from 'node:child_process'
import {
  chmodSync,
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
import { planUnit, type ServiceOptions, type Started } from '../../src/cli/service/planUnit.js'
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
  readsTmp: false,
  notifies: true,
  gracePeriod: 10_000,
}
/** The values of a key, in order. */
const valuesOf = (unit: string, key: string): readonly string[] =>
  unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []))

describe('a systemd unit', () => {
  it('is of type notify with a watchdog if systemd-notify exists, and of type exec otherwise', () => {
    const watched = renderUnit(plan)
    expect(watched).toContain('\nType=notify\n')
    expect(watched).toContain('\nNotifyAccess=all\n')
    expect(valuesOf(watched, 'WatchdogSec')).toStrictEqual(['120'])
    const plain = renderUnit({ ...plan, notifies: false })
    expect(plain).toContain('\nType=exec\n')
    expect(plain).not.toMatch(/Watchdog|Notify/)
  })

  it('may write only to the state and the home, but not to the binaries of the node', () => {
    const unit = renderUnit(plan)
    expect(valuesOf(unit, 'ProtectSystem')).toStrictEqual(['strict'])
    expect(valuesOf(unit, 'ReadWritePaths')).toStrictEqual(['/var/lib/govstream', '/var/lib/wemixd'])
    // The dash lets systemd ignore a missing path.
    expect(valuesOf(unit, 'ReadOnlyPaths')).toStrictEqual(['-/var/lib/wemixd/wemixvisor'])
    expect(valuesOf(unit, 'ProtectHome')).toStrictEqual(['yes'])
    expect(valuesOf(renderUnit({ ...plan, readsHomes: true }), 'ProtectHome')).toStrictEqual(['read-only'])
    expect(valuesOf(unit, 'User')).toStrictEqual(['wemix'])
  })

  it('allows the grace period before a kill, and does not restart an invalid configuration', () => {
    expect(valuesOf(renderUnit({ ...plan, gracePeriod: 45_500 }), 'TimeoutStopSec')).toStrictEqual(['66'])
    expect(valuesOf(renderUnit(plan), 'RestartPreventExitStatus')).toStrictEqual(['2'])
    // A signal to the whole group would end a running afterWrite command, and systemd-notify.
    expect(valuesOf(renderUnit(plan), 'KillMode')).toStrictEqual(['mixed'])
  })

  it('escapes any path, and refuses one that would start a new line', () => {
    const odd = { ...plan, writes: ['/srv/a "b" %h $HOME\\c'], directory: '/srv/50%', guards: ['/srv/$bin'] }
    // A dollar is literal in a path, and doubled in an argument, as systemd --test shows.
    expect(valuesOf(renderUnit(odd), 'ReadWritePaths')).toStrictEqual(['"/srv/a \\"b\\" %%h $HOME\\\\c"'])
    expect(valuesOf(renderUnit(odd), 'ReadOnlyPaths')).toStrictEqual(['"-/srv/$bin"'])
    expect(valuesOf(renderUnit({ ...plan, command: ['/opt/$n/node', '$x'] }), 'ExecStart')).toStrictEqual([
      '"/opt/$n/node" $$x',
    ])
    expect(valuesOf(renderUnit(odd), 'WorkingDirectory')).toStrictEqual(['/srv/50%%'])
    expect(() => renderUnit({ ...plan, directory: '/srv\nExecStartPre=/bin/evil' })).toThrow(/on one line/)
    // The end of such a line would be lost, or joined with the next one.
    for (const directory of ['/srv/a ', '/srv/a\\'])
      expect(() => renderUnit({ ...plan, directory })).toThrow(/expected a path that does not end/)
    expect(() => renderUnit({ ...plan, environmentFile: '/srv/[a]' })).toThrow(/takes these for patterns/)
  })

  it('sees the /tmp of the machine only if a path is in it', () => {
    expect(valuesOf(renderUnit(plan), 'PrivateTmp')).toStrictEqual(['yes'])
    expect(valuesOf(renderUnit({ ...plan, readsTmp: true }), 'PrivateTmp')).toStrictEqual(['no'])
  })

  it.runIf(spawnSync('systemd-analyze', ['--version']).status === 0).each([
    ['for the machine', {}],
    ['without systemd-notify', { notifies: false }],
    ['with odd paths', { writes: ['/srv/a "b" %h $HOME'], directory: '/srv/50% of it' }],
  ] satisfies readonly [string, Partial<UnitPlan>][])('%s is loaded by systemd without a warning', (_, parts) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'govstream.service')
    writeFileSync(
      path,
      renderUnit({ ...plan, user: 'root', ...parts, command: [process.execPath, ...plan.command.slice(1)] }),
    )
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' })
    // It verifies the units of the machine, too.
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

  it('takes paths and user from the configuration, and says what must be created first', () => {
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
      // Not home/data, which a snapshot replaces during a run.
      writes: [join(root.path, 'state'), join(root.path, 'home')],
      guards: ['bin', 'config', 'cosmovisor', 'keystore', 'wemixvisor'].map((name) => join(root.path, 'home', name)),
      notifies: false,
    })
    expect(notes).toContain(
      `${join(root.path, 'state')} does not exist: create it before the start, as the user of the node.`,
    )
    expect(planUnit({ user: true }, started()).plan).not.toHaveProperty('user')
  })

  /** A configuration with this state and home. */
  const configure = (state: string, home: string): void =>
    writeFileSync(
      join(root.path, 'govstream.yaml'),
      `state: "${state}"\nchains:\n  - name: local\n    rpc: { urls: [http://127.0.0.1:9] }\n    governance: { system: wemixvisor-rpc }\n    upgradeInfo: { home: "${home}" }\n`,
    )

  it.each([
    ['/tmp/node', true],
    ['/var/tmp/node', true],
    ['/srv/tmp/node', false],
  ])('sees a home at %s', (home, readsTmp) => {
    configure(':memory:', home)
    // The test itself is below /tmp on some machines.
    const cwd = '/'
    const options = { config: join(root.path, 'govstream.yaml') }
    const below = root.path.startsWith('/tmp/') || root.path.startsWith('/var/tmp/')
    expect(planUnit(options, { ...started(), cwd }).plan.readsTmp).toBe(readsTmp || below)
  })

  it('may write to a state inside a protected directory, or behind a link', () => {
    const home = join(root.path, 'home')
    configure(join(home, 'config', 'govstream.db'), home)
    const { writes, guards } = planUnit({}, started()).plan
    expect(writes).toContain(join(home, 'config'))
    // systemd makes a path that is in both read-only.
    expect(guards).not.toContain(join(home, 'config'))
    using disk = temporaryDirectory()
    writeFileSync(join(disk.path, 'real.db'), '')
    symlinkSync(join(disk.path, 'real.db'), join(root.path, 'link.db'))
    configure('./link.db', home)
    expect(planUnit({}, started()).plan.writes).toContain(realpathSync(disk.path))
  })

  it('warns if it may write to the whole machine, and if the state is lost at its next start', () => {
    configure(':memory:', '/')
    expect(planUnit({}, started()).notes).toContain(
      'The unit may write to the whole machine, because the home or the state lies in /: give it a directory of its own.',
    )
    configure('/run/govstream/govstream.db', '/srv/node')
    expect(planUnit({}, started()).notes).toContain(
      '/run/govstream is emptied when the machine starts: the state would be lost, and what is open would be announced again. Keep it elsewhere.',
    )
  })

  it('names the variables of this shell that the unit will not have', () => {
    const { environment, ...rest } = started()
    const here = { ...rest, environment: { ...environment, HTTPS_PROXY: 'http://user:pass@127.0.0.1:1' } }
    const note = planUnit({}, here).notes.filter((one) => one.includes('variables'))
    expect(note).toStrictEqual([
      'The unit has no variables of this shell, and needs NODE_URL, HTTPS_PROXY: put them into a file of mode 0600, as NAME=value, and give it with --environment-file.',
    ])
    writeFileSync(join(root.path, 'secrets'), 'NODE_URL=http://127.0.0.1:9\nHTTPS_PROXY=http://127.0.0.1:1\n')
    expect(
      planUnit({ environmentFile: 'secrets' }, here).notes.filter((one) => one.includes('variables')),
    ).toStrictEqual([])
  })

  it.runIf(process.getuid?.() === 0)('names what its user cannot reach', () => {
    const closed = join(root.path, 'closed')
    mkdirSync(join(closed, 'bin'), { recursive: true })
    chmodSync(root.path, 0o755)
    chmodSync(closed, 0o700)
    writeFileSync(join(closed, 'bin', 'node'), '', { mode: 0o755 })
    configure(':memory:', join(root.path, 'home'))
    const node = join(closed, 'bin', 'node')
    const reached = (): readonly string[] =>
      planUnit({}, { ...started(), node }).notes.filter((one) => one.includes('cannot reach'))
    expect(reached()).toStrictEqual([])
    chownSync(join(root.path, 'home'), 54_321, 54_321)
    expect(reached()).toStrictEqual([`54321 cannot reach ${node}: ${closed} is closed to it.`])
    chmodSync(closed, 0o755)
    expect(reached()).toStrictEqual([])
  })

  it('may write to the target of a link named data', () => {
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
    ['only reads for a preflight', '/home/gaia', 'never', true],
    ['does not need', '/srv/gaia', 'at-height', false],
  ])('has access to a home below /home that it %s', (_, home, when, isSeen) => {
    writeFileSync(
      join(root.path, 'govstream.yaml'),
      `state: ":memory:"\nchains:\n  - name: hub\n    rpc: { urls: [http://127.0.0.1:9] }\n    governance: { system: cosmos, rest: [http://127.0.0.1:9] }\n    upgradeInfo: { home: ${home}, when: ${when} }\n`,
    )
    const { readsHomes, writes } = planUnit({}, started()).plan
    expect({ readsHomes, writes }).toStrictEqual({ readsHomes: isSeen, writes: when === 'never' ? [] : [home] })
  })

  it.runIf(process.getuid?.() === 0)('names what the user of the unit may not write to', () => {
    const state = join(root.path, 'state')
    const owned = (options: ServiceOptions = {}): readonly string[] =>
      planUnit(options, started()).notes.filter((note) => note.includes('chown'))
    mkdirSync(state)
    chownSync(join(root.path, 'home'), 54_321, 54_321)
    chownSync(join(root.path, 'home', 'data'), 54_321, 54_321)
    expect(owned()).toStrictEqual([`${state} belongs to root, and the unit runs as 54321: chown -R 54321 ${state}`])
    expect(owned({ user: true })).toStrictEqual([])
    chownSync(state, 54_321, 54_321)
    expect(owned()).toStrictEqual([])
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

  it.runIf(process.getuid?.() === 0)('names the path for which it runs as root, also without a home', () => {
    const noted = (): readonly string[] => planUnit({}, started()).notes.filter((note) => note.includes('runs as root'))
    const told = (path: string): string => `${path} belongs to root: the unit runs as root. A user of its own is safer.`
    expect(noted()).toStrictEqual([told(join(root.path, 'home'))])
    writeFileSync(
      join(root.path, 'govstream.yaml'),
      'state: state/a.db\nchains:\n  - name: hub\n    rpc: { urls: [http://127.0.0.1:9] }\n    governance: { system: cosmos, rest: [http://127.0.0.1:9] }\n',
    )
    expect(noted()).toStrictEqual([told(join(root.path, 'state'))])
  })

  it('reads variables from the file of the unit, and shows none of them', async () => {
    const { code, out } = await cliHere(['service', 'print', '--environment-file', 'secrets'], root.path)
    expect(code).toBe(0)
    expect(out).toContain(`\nEnvironmentFile=${join(root.path, 'secrets')}\n`)
    expect(out).not.toContain('key-0123456789')
    const without = await cliHere(['service', 'print'], root.path)
    expect(without.code).toBe(2)
    expect(without.err).toContain('expected the environment variable NODE_URL')
    expect(await cliHere(['service', 'print', '--environment-file', 'absent'], root.path)).toMatchObject({ code: 2 })
  })

  it('writes a unit of the user, says what to run, and replaces no other unit unasked', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', join(root.path, 'config'))
    const install = (...more: readonly string[]) =>
      cliHere(['service', 'install', '--user', '--environment-file', 'secrets', ...more], root.path)
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
