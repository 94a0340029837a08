// Behaves like cosmovisor 1.7, by its source and by observation: DAEMON_HOME=HOME DAEMON_NAME=NAME node cosmovisor.mjs run ARGS
//
// It checks the file every DAEMON_POLL_INTERVAL and panics if it cannot read it. A plan waits until `status` of the node
// reports its height. The first plan after its start is an upgrade if its name is not the applied one; later only a
// greater height is. It kills the node, reads the file again, switches `current`, records there what it applied, and
// starts the node again. It never removes the file.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const { DAEMON_HOME: home, DAEMON_NAME: daemon, DAEMON_POLL_INTERVAL: interval = '300ms' } = process.env
const [, ...args] = process.argv.slice(2)
const root = join(home, 'cosmovisor')
const current = join(root, 'current')
const file = join(home, 'data', 'upgrade-info.json')

const panic = (reason) => {
  process.stderr.write(`panic: ${reason}\n`)
  process.exit(2)
}

/** The plan of the file as the upgrade module validates it. */
function readPlan() {
  const text = readFileSync(file, 'utf8')
  if (text.trim() === '') return undefined
  let plan
  try {
    plan = JSON.parse(text)
  } catch (cause) {
    panic(`failed to parse upgrade info file: ${cause.message}`)
  }
  const { name = '', height = 0, info = '', time } = plan
  if (typeof name !== 'string' || !Number.isInteger(height) || typeof info !== 'string')
    panic('failed to parse upgrade info file: json: cannot unmarshal into Go struct field Plan')
  if (time !== undefined && time !== '0001-01-01T00:00:00Z')
    panic('time-based upgrades have been deprecated in the SDK')
  if (name === '') panic('name cannot be empty')
  if (height <= 0) panic('height must be greater than 0')
  return { name: name.toLowerCase(), height, info }
}

function appliedName() {
  try {
    return JSON.parse(readFileSync(join(current, 'upgrade-info.json'), 'utf8')).name.toLowerCase()
  } catch {
    return '_'
  }
}

/** What `status` of the current binary tells; none is waited for. */
function heightOfNode() {
  const { stdout } = spawnSync(join(current, 'bin', daemon), ['status', '--home', home], { encoding: 'utf8' })
  return Number(JSON.parse(stdout).sync_info.latest_block_height)
}

let accepted
function due() {
  let stats
  try {
    stats = statSync(file)
  } catch (cause) {
    if (cause.code === 'ENOENT') return undefined
    panic(`failed to stat upgrade info file: ${cause.message}`)
  }
  if (stats.mtimeMs <= (accepted?.mtimeMs ?? 0)) return undefined
  const plan = readPlan()
  if (plan === undefined || heightOfNode() < plan.height) return undefined
  const isUpgrade = accepted === undefined ? plan.name !== appliedName() : plan.height > accepted.height
  if (accepted === undefined || isUpgrade) accepted = { ...plan, mtimeMs: stats.mtimeMs }
  return isUpgrade ? plan : undefined
}

function apply({ name }) {
  const plan = readPlan() ?? panic('empty upgrade-info.json')
  const next = join(root, 'upgrades', encodeURIComponent(name))
  if (!existsSync(join(next, 'bin', daemon))) panic(`no binary for ${name}, and downloads are disabled`)
  rmSync(current)
  symlinkSync(next, current)
  writeFileSync(join(current, 'upgrade-info.json'), JSON.stringify({ ...plan, time: '0001-01-01T00:00:00Z' }))
  spawnSync(join(current, 'bin', daemon), ['pre-upgrade'])
}

for (const directory of [root, join(home, 'data')])
  if (!existsSync(directory)) panic(`${directory} must be an existing directory`)
if (!existsSync(current)) symlinkSync(join(root, 'genesis'), current)
for (;;) {
  const node = spawn(join(current, 'bin', daemon), args, { stdio: 'ignore' })
  const ended = once(node, 'exit').then(([code]) => ({ code }))
  let plan
  while ((plan = due()) === undefined) {
    const end = await Promise.race([ended, delay(parseInt(interval, 10))])
    if (end !== undefined) process.exit(end.code ?? 1)
  }
  node.kill('SIGKILL')
  await ended
  apply(plan)
}
