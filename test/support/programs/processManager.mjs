// Behaves like the process.Manager of wemixvisor, by observation: node processManager.mjs HOME DAEMON_NAME
//
// It reads a file within 50 ms after it appears or changes, and stops and starts the current binary forever from then
// on. A file that exists at its start is only loaded. If the node exits with an error while a plan is loaded, it
// switches, at any height, and again at each further error; without a plan it exits. It keeps a loaded plan until its
// restart. It ignores SIGTERM while its node runs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const [home, daemon] = process.argv.slice(2)
const current = join(home, 'wemixvisor', 'current')
const file = join(home, 'data', 'upgrade-info.json')
const log = (line) => appendFileSync(join(home, 'manager.log'), `${line}\n`)

let lastMtime = 0
const read = () => {
  try {
    const { mtimeMs } = statSync(file)
    if (mtimeMs <= lastMtime) return undefined
    const { name, height, info } = JSON.parse(readFileSync(file, 'utf8'))
    if (!name || !(height > 0) || typeof info === 'string') return undefined
    lastMtime = mtimeMs
    return { name, height }
  } catch {
    return undefined
  }
}

let isAsked = false
process.on('SIGTERM', () => {
  isAsked = true
})
let plan = read()
let isNew = false
setInterval(() => {
  const found = read()
  if (found === undefined || (plan?.name === found.name && plan.height === found.height)) return
  plan = found
  isNew = true
}, 50)
log(`manager ${plan?.name ?? '-'}`)

while (!isAsked) {
  const version = basename(readlinkSync(current))
  const node = spawn(join(current, 'bin', daemon), { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  // Not before: a node that is asked to end before it handles the signal exits with an error.
  node.stdout.once('data', () => log(`start ${version}`))
  const ended = once(node, 'exit').then(([code]) => (code === 0 ? 'well' : 'badly'))
  let how
  while (how === undefined) {
    how = await Promise.race([ended, delay(50)])
    if (how !== undefined || !isNew) continue
    node.kill('SIGTERM')
    await ended
    how = 'stopped'
  }
  log(`end ${how}`)
  if (how !== 'badly') continue
  if (plan === undefined) process.exit(1)
  const next = join(home, 'wemixvisor', 'upgrades', plan.name)
  if (!existsSync(join(next, 'bin', daemon))) {
    log(`no binary for ${plan.name}`)
    process.exit(1)
  }
  rmSync(current)
  symlinkSync(next, current)
  log(`upgrade ${plan.name}`)
}
process.exit(0)
