import { ConfigError } from '../../domain/errors.js'

/** The content of a systemd unit. */
export interface UnitPlan {
  /** The program and its arguments, with absolute paths. */
  readonly command: readonly string[]
  /** User that it runs as; absent in a unit of a user's own service manager. */
  readonly user?: string
  /** Working directory, so that relative paths of the configuration keep their meaning. */
  readonly directory: string
  /** All paths that it may write to. */
  readonly writes: readonly string[]
  /** Paths below those that it may not write to; they need not exist. */
  readonly guards: readonly string[]
  /** True if it reads paths below home directories, which are hidden otherwise. */
  readonly readsHomes: boolean
  /** True if it needs a path below `/tmp`; otherwise it gets a private one. */
  readonly readsTmp: boolean
  readonly environmentFile?: string
  /** True if `systemd-notify` exists: it reports readiness and feeds the watchdog. */
  readonly notifies: boolean
  /** Time limit of an orderly stop, in milliseconds. */
  readonly gracePeriod: number
}

// Time limit of the start; the first polls may meet a node that does not answer.
const startSeconds = 300
const watchdogSeconds = 120
const stopMargin = 20

/** The unit as systemd reads it. */
export function renderUnit(plan: UnitPlan): string {
  const { command, user, directory, writes, guards, environmentFile, notifies, gracePeriod } = plan
  const [program = '', ...args] = command
  return [
    '[Unit]',
    'Description=govstream: watches on-chain governance',
    ...(user === undefined ? [] : ['After=network-online.target', 'Wants=network-online.target']),
    '',
    '[Service]',
    ...(notifies
      ? [
          '# Ready once every chain was read; restarted if the watchdog is not notified for this long.',
          'Type=notify',
          '# Node has no such socket: the program systemd-notify sends it.',
          'NotifyAccess=all',
          `TimeoutStartSec=${startSeconds}`,
          `WatchdogSec=${watchdogSeconds}`,
        ]
      : ['Type=exec']),
    ...(user === undefined
      ? []
      : [
          '# The owner of the home of the node, which must be able to replace the file; without a home, of the state.',
          `User=${user}`,
        ]),
    `WorkingDirectory=${line(directory)}`,
    ...(environmentFile === undefined ? [] : [`EnvironmentFile=${line(plainOnly(environmentFile))}`]),
    `ExecStart=${[word(program), ...args.map((one) => word(one.replaceAll('$', '$$$$')))].join(' ')}`,
    '# An invalid configuration is refused as a whole; the previous one stays in force.',
    'ExecReload=/bin/kill -HUP $MAINPID',
    '# Not on-failure: that takes an end by some signals for a success.',
    'Restart=always',
    'RestartSec=10',
    '# An invalid configuration is not retried.',
    'RestartPreventExitStatus=2',
    '# govstream ends its own children and waits for a running command, which must get no signal.',
    'KillMode=mixed',
    `TimeoutStopSec=${Math.ceil(gracePeriod / 1000) + stopMargin}`,
    '',
    '# All it may write to: the state, and the homes with upgrade-info.json, except what a node runs and signs with.',
    '# Not data itself: if it is exchanged, as by a snapshot, it would be read-only from then on.',
    'ProtectSystem=strict',
    ...writes.map((path) => `ReadWritePaths=${word(path)}`),
    ...guards.map((path) => `ReadOnlyPaths=${word(`-${path}`)}`),
    ...hardening(plan),
    '',
    '[Install]',
    `WantedBy=${user === undefined ? 'default.target' : 'multi-user.target'}`,
    '',
  ].join('\n')
}

/**
 * Hardening options that need no privileges. A user's service manager can drop only what the kernel lets users drop.
 */
function hardening({ user, readsHomes, readsTmp }: UnitPlan): readonly string[] {
  return [
    `ProtectHome=${readsHomes ? 'read-only' : 'yes'}`,
    `PrivateTmp=${readsTmp ? 'no' : 'yes'}`,
    'NoNewPrivileges=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'RestrictRealtime=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'SystemCallArchitectures=native',
    ...(user === undefined
      ? []
      : [
          'CapabilityBoundingSet=',
          'PrivateDevices=yes',
          'ProtectClock=yes',
          'ProtectControlGroups=yes',
          'ProtectHostname=yes',
          'ProtectKernelLogs=yes',
          'ProtectKernelModules=yes',
          'ProtectKernelTunables=yes',
          'RestrictNamespaces=yes',
        ]),
  ]
}

/** Quotes a text as one word. A dollar is literal, except in arguments. */
function word(text: string): string {
  const safe = specifier(text)
  return /^(?:[\w@%+=:,./{}-]|\$\$)+$/.test(safe) ? safe : `"${safe.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Renders the rest of a line, which systemd takes literally except at its end. */
function line(text: string): string {
  if (!/[\s\\]$/.test(text)) return specifier(text)
  throw unfit('expected a path that does not end with a space or a backslash: systemd drops it')
}

function plainOnly(file: string): string {
  if (!/[[\]*?]/.test(file)) return file
  throw unfit('expected a file without [, ], * and ? in its path: systemd takes these for patterns')
}

function specifier(text: string): string {
  if (!/\p{Cc}/u.test(text)) return text.replaceAll('%', '%%')
  throw unfit('expected paths on one line: systemd takes no line breaks')
}

function unfit(message: string): ConfigError {
  return new ConfigError([{ path: 'service', message }])
}
