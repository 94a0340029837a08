import fs from 'fs-extra'

/** Moves a state file and its journals to a free name beside it, and gives that name. `now` is Unix milliseconds. */
export function setAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  let name = `${path}.damaged-${stamp}`
  for (let count = 2; fs.pathExistsSync(name); count += 1) name = `${path}.damaged-${stamp}-${count}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (fs.pathExistsSync(`${path}${suffix}`)) fs.renameSync(`${path}${suffix}`, `${name}${suffix}`)
  }
  return name
}
