import { ConfigError } from '../../domain/errors.js'

/** What a systemd unit is made of. */
export interface UnitPlan {
  /** The program and its arguments, by whole paths. */
  readonly command: readonly string[]
  /** Who it runs as; absent in a unit of the user's own. */
  readonly user?: string
  /** Where it starts, so that paths of the configuration mean the same. */
  readonly directory: string
  /** All it may write to. */
  readonly writes: readonly string[]
  /** What it may not write to, below those; need not be there. */
  readonly guards: readonly string[]
  /** What it reads below homes of people, which are hidden else. */
  readonly readsHomes: boolean
  /** It needs something below `/tmp`, and else has one of its own. */
  readonly readsTmp: boolean
  readonly environmentFile?: string
  /** `systemd-notify` is there: it tells that it is ready, and that it lives. */
  readonly notifies: boolean
  /** Longest orderly stop, in milliseconds. */
  readonly gracePeriod: number
}

// The first readings may meet a node that does not answer.
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
          '# Ready once every chain was read; restarted where it has not said for so long that it lives.',
          'Type=notify',
          '# Node has no socket for this: the program systemd-notify says it.',
          'NotifyAccess=all',
          `TimeoutStartSec=${startSeconds}`,
          `WatchdogSec=${watchdogSeconds}`,
        ]
      : ['Type=exec']),
    ...(user === undefined
      ? []
      : ['# The owner of the home of the node, which must be able to replace the file.', `User=${user}`]),
    `WorkingDirectory=${line(directory)}`,
    ...(environmentFile === undefined ? [] : [`EnvironmentFile=${line(plainOnly(environmentFile))}`]),
    `ExecStart=${[word(program), ...args.map((one) => word(one.replaceAll('$', '$$$$')))].join(' ')}`,
    '# A wrong configuration is refused as a whole; the old one goes on.',
    'ExecReload=/bin/kill -HUP $MAINPID',
    '# Not on-failure: that takes the end by some signals for a good one.',
    'Restart=always',
    'RestartSec=10',
    '# A wrong configuration does not get better by trying.',
    'RestartPreventExitStatus=2',
    '# It ends what it has started itself, and waits for a command that is at work: no signal to that one.',
    'KillMode=mixed',
    `TimeoutStopSec=${Math.ceil(gracePeriod / 1000) + stopMargin}`,
    '',
    '# All it may write to: the state, and homes whose data holds upgrade-info.json, but for what a node runs and signs with.',
    '# Not data itself: one that is exchanged, as by a snapshot, would be read-only from then on.',
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

/** What needs no right of its own. A manager of one user's services may only take away what the kernel lets users. */
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

/** A word of a line, whatever is in it. A dollar is one: only in arguments it stands for other things. */
function word(text: string): string {
  const safe = specifier(text)
  return /^(?:[\w@%+=:,./{}-]|\$\$)+$/.test(safe) ? safe : `"${safe.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The rest of a line, which systemd takes as it is but for what stands at its end. */
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
