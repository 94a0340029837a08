import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** Collects garbage now. */
export function collectGarbage(): void {
  if (typeof collect !== 'function') throw new Error('This Node does not let a program collect its garbage.')
  Reflect.apply(collect, undefined, [])
}
