// Loaded before the program: it dies by SIGKILL right before the operation KILL_AT that it asks of node:fs/promises on
// what lies in a home, or in a directory that it holds open. The state, a native library, opens its file by itself.
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const last = Number(process.env.KILL_AT)
const held = new WeakSet()
let count = process.env.KILL_LATER === undefined ? 0 : -Infinity

const isInHome = (path) =>
  typeof path === 'string' && (path.includes('/killed/home') || path.startsWith('/proc/self/fd'))

export function step() {
  count += 1
  if (count === last) process.kill(process.pid, 'SIGKILL')
}

export function startCounting() {
  count = 0
}

for (const name of [
  'mkdir',
  'readdir',
  'opendir',
  'stat',
  'lstat',
  'readlink',
  'link',
  'rename',
  'unlink',
  'readFile',
]) {
  const original = fs[name]
  fs[name] = (...args) => {
    if (isInHome(args[0])) step()
    return original(...args)
  }
}

const { open } = fs
fs.open = async (...args) => {
  if (!isInHome(args[0])) return open(...args)
  step()
  const handle = await open(...args)
  countMethods(Object.getPrototypeOf(handle))
  held.add(handle)
  return handle
}

// All handles share them.
let areCounted = false
function countMethods(methods) {
  if (areCounted) return
  areCounted = true
  for (const name of ['stat', 'read', 'readFile', 'write', 'writeFile', 'sync', 'chmod', 'chown', 'close']) {
    const original = methods[name]
    methods[name] = function (...args) {
      if (held.has(this)) step()
      return original.apply(this, args)
    }
  }
}
syncBuiltinESMExports()
