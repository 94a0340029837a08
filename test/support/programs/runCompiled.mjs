// node runCompiled.mjs PROGRAM ARGUMENTS: runs a program with the machine code that an earlier run of it has left, because
// a process that lives for half a second spends a third of that on compiling. The first run that ends by itself leaves it.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Script } from 'node:vm'

const [, , program] = process.argv
process.argv.splice(1, 1)
const kept = `${program}.${process.version}.code`

function codeKept() {
  try {
    return readFileSync(kept)
  } catch {
    return undefined
  }
}

const cachedData = codeKept()
const script = new Script(`((require, __filename) => {${readFileSync(program, 'utf8')}\n})`, {
  filename: program,
  cachedData,
})
if (cachedData === undefined) {
  process.once('exit', () => {
    writeFileSync(`${kept}.${process.pid}`, script.createCachedData())
    renameSync(`${kept}.${process.pid}`, kept)
  })
}
script.runInThisContext()(createRequire(program), program)
