import { readFileSync, statSync } from 'node:fs'

export const head = 1_000n

export const plain = '{"name":"v2","height":1000}\n'

/** Everything that shows a change of a file. */
export function trace(path: string): unknown {
  const { ino, mtimeNs, ctimeNs, mode, uid, gid } = statSync(path, { bigint: true })
  return { ino, mtimeNs, ctimeNs, mode, uid, gid, text: readFileSync(path, 'utf8') }
}
