// Replaces <home>/data by a link to another directory and back, as fast as possible, until its input closes.
import { renameSync, symlinkSync, unlinkSync } from 'node:fs'

const [home, elsewhere] = process.argv.slice(2)
const data = `${home}/data`
let stop = false
let swaps = 0
let made = 0
process.stdin
  .on('end', () => {
    stop = true
  })
  .resume()

// A directory that the other side has created meanwhile is moved away.
const insist = (step) => {
  for (;;) {
    try {
      return step()
    } catch {
      renameSync(data, `${home}/made-${(made += 1)}`)
    }
  }
}
const turn = () => {
  for (let i = 0; i < 10; i += 1) {
    renameSync(data, `${home}/aside`)
    insist(() => symlinkSync(elsewhere, data))
    unlinkSync(data)
    insist(() => renameSync(`${home}/aside`, data))
    swaps += 1
  }
  if (stop) process.stdout.write(String(swaps))
  else setImmediate(turn)
}
process.stderr.write('swapping')
turn()
