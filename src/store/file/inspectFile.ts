import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cleanLine } from '../../domain/text/text.js'

// Reads every page and every row, because the engine may fail on either.
const script = `
const [, engine, address] = process.argv
try {
  const database = new (require(engine))(address)
  database.exec('PRAGMA busy_timeout = 5000')
  const [verdict] = database.prepare('PRAGMA quick_check(1)').all()
  if (verdict.quick_check !== 'ok') throw Object.assign(new Error(verdict.quick_check), { code: 'SQLITE_CORRUPT' })
  for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
    for (const row of database.prepare('SELECT * FROM "' + name.replaceAll('"', '""') + '"').iterate()) void row
  }
} catch (error) {
  process.stdout.write(String(error.message))
  process.exit(/^SQLITE_(CORRUPT|NOTADB)/.test(error.code) ? 3 : 4)
}
`

// Time limit in milliseconds. For a larger file the check is given up and the engine opens it in this process.
const limitMs = 120_000
const damaged = 3

/**
 * Checks a state file in a separate process, because some kinds of damage make the engine end its process.
 *
 * @returns What is wrong with the file; undefined if it is sound or could not be checked.
 */
export function inspectFile(path: string): string | undefined {
  const engine = createRequire(import.meta.url).resolve('libsql')
  const { status, signal, error, stdout } = spawnSync(
    process.execPath,
    ['--eval', script, engine, `${pathToFileURL(resolve(path)).href}?mode=ro`],
    { encoding: 'utf8', timeout: limitMs, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true },
  )
  if (error !== undefined) return undefined
  if (signal !== null) return `the database engine ends with ${signal} when it reads it`
  return status === damaged ? cleanLine(stdout, 200) || 'its content cannot be read' : undefined
}
