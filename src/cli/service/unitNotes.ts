import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../config/environment.js'
import { unsetIn } from '../../config/unsetIn.js'
import { firstForbiddenAbove, cannotWrite, type Owner, ownerOf } from './owners.js'
import type { UnitPaths } from './unitPaths.js'

interface Unit {
  /** Absent in a unit of a user's own service manager. */
  readonly user: Owner | undefined
  /** Files that it reads at the start. */
  readonly reads: readonly string[]
  /** Variables that it needs and does not have. */
  readonly unset: readonly string[]
}

/** Returns what must be done before a unit can start, and warnings about it. */
export function unitNotes(
  { state, written, homes, writes }: UnitPaths,
  { user, reads, unset }: Unit,
): readonly string[] {
  // The path that determines the user.
  const owned = [...written, ...state, ...homes][0] ?? 'The working directory'
  const absent = writes.filter((path) => !existsSync(path))
  return [
    ...(unset.length === 0
      ? []
      : [
          `The unit has no variables of this shell, and needs ${unset.join(', ')}: put them into a file of mode 0600, as NAME=value, and give it with --environment-file.`,
        ]),
    ...absent.map((path) => `${path} does not exist: create it before the start, as the user of the node.`),
    ...(user === undefined ? [] : notWritable(user, [...state, ...written.map((home) => join(home, 'data'))])),
    ...(user === undefined ? [] : notReached(user, [...reads, ...writes])),
    ...(user?.uid === 0 ? [`${owned} belongs to root: the unit runs as root. A user of its own is safer.`] : []),
    ...(writes.includes('/')
      ? [
          'The unit may write to the whole machine, because the home or the state lies in /: give it a directory of its own.',
        ]
      : []),
    ...state
      .filter((path) => /^\/(run|tmp|dev\/shm)\//.test(`${path}/`))
      .map(
        (path) =>
          `${path} is emptied when the machine starts: the state would be lost, and what is open would be announced again. Keep it elsewhere.`,
      ),
  ]
}

function notWritable({ uid, name }: Owner, places: readonly string[]): readonly string[] {
  return places
    .filter((path) => cannotWrite(uid, path))
    .map((path) => `${path} belongs to ${ownerOf([path]).name}, and the unit runs as ${name}: chown -R ${name} ${path}`)
}

function notReached({ uid, name }: Owner, paths: readonly string[]): readonly string[] {
  const closed = paths.flatMap((path) => firstForbiddenAbove(uid, path) ?? [])
  return [...new Set(closed)].map((directory) => {
    const behind = paths.filter((path) => firstForbiddenAbove(uid, path) === directory)
    return `${name} cannot reach ${behind.join(', ')}: ${directory} is closed to it.`
  })
}

/** Variables that systemd sets for a service with a user. */
const given = ['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH']
/** Variables that change how nodes and services are reached. */
const ofTransport = [
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
]

/** Returns variables that are set in this shell but not in the unit, and that the configuration or a proxy needs. */
export function unsetVariables(
  file: string,
  { shell, unit }: { readonly shell: Environment; readonly unit: Environment },
): readonly string[] {
  const own = Object.fromEntries(given.map((name) => [name, shell[name]]))
  const ways = ofTransport.filter((name) => (shell[name] ?? '') !== '' && unit[name] === undefined)
  return [...new Set([...unsetIn(file, { ...own, ...unit }), ...ways])]
}
