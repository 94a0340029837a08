import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { startAnvil } from '../src/localChain/startAnvil.js'
import { versionOf } from '../src/store/file/migrate.js'
import { openSql } from '../src/store/sql.js'
import { deployment, stateFile, unpackChain } from '../test/support/formerStates/story.js'

// Keeps the state that a govstream leaves behind, before a change of its schema: `npm run build`, then
// `node --import tsx scripts/recordState.ts dist/cli/main.js`.

const [cli] = process.argv.slice(2)
if (cli === undefined) throw new Error('Name the command line of the version to record: …/dist/cli/main.js')

const directory = mkdtempSync(join(tmpdir(), 'govstream-record-'))
const state = join(directory, 'state.db')

let port = 0
for (const moment of [1, 2] as const) {
  const anvil = await startAnvil({ args: ['--load-state', unpackChain(moment, directory)], port })
  port = anvil.port
  writeFileSync(join(directory, 'govstream.yaml'), configOver(anvil.url))
  await promisify(execFile)(process.execPath, [resolve(cli), 'sync'], { cwd: directory })
  await anvil.stop()
}

const sql = openSql(state, state)
const version = versionOf(sql, Infinity)
sql.exec('PRAGMA journal_mode = DELETE')
sql.close()
const recorded = new URL(`../test/support/formerStates/${stateFile(version)}.gz`, import.meta.url)
writeFileSync(recorded, gzipSync(readFileSync(state), { level: 9 }))
rmSync(directory, { recursive: true })
console.log(`Recorded schema version ${version}.`)

// What the first version understood, too. Nothing listens where it is to deliver.
function configOver(url: string): string {
  return `state: ./state.db
chains:
  - name: local
    rpc: { urls: ["${url}"] }
    governance: { system: governor, address: "${deployment.governor}", fromBlock: 0 }
    scheduler: { minUpgradeDelay: 0s }
notifier:
  handlers: [{ type: webhook, url: "http://127.0.0.1:9/hook" }]
`
}
