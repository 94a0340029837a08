import { hostname } from 'node:os'
import { isAliveHere } from './isAliveHere.js'
import { isAbandoned } from './openLooked.js'

/** True where the process that wrote the state last ended without closing it, as by a kill. `now` is Unix milliseconds. */
export function isLeft(path: string, now: number): boolean {
  return isAbandoned({ path, owner: { pid: process.pid, host: hostname() }, isAlive: isAliveHere, now: () => now })
}
