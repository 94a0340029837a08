// Behaves like `wemixvisor upgrade` of 0.8, by its source and by observation: DAEMON_HOME=HOME node wemixvisor.mjs upgrade COMMAND
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [, command, name, height] = process.argv.slice(2)
const file = join(process.env.DAEMON_HOME, 'data', 'upgrade-info.json')
const say = (text) => process.stdout.write(`${text}\n`)

function readPlan() {
  const { name = '', height = 0, info } = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof name !== 'string' || !Number.isInteger(height) || (info !== undefined && typeof info !== 'object'))
    throw new Error('json: cannot unmarshal into Go struct field UpgradeInfo')
  if (name === '' || height <= 0) throw new Error('invalid upgrade info')
  return { name, height, info: info ?? {} }
}

if (command === 'schedule') {
  writeFileSync(file, JSON.stringify({ name, height: Number(height) }, null, 2))
  say('✓ Upgrade scheduled successfully')
} else if (!existsSync(file)) {
  say(command === 'status' ? 'No upgrade scheduled' : 'No upgrade to cancel')
} else {
  const plan = readPlan()
  if (command === 'cancel') rmSync(file)
  say(command === 'cancel' ? '✓ Upgrade cancelled successfully' : 'Upgrade Status: SCHEDULED\n')
  say(`  Name:   ${plan.name}\n  Height: ${plan.height}`)
  if (command === 'status') for (const [key, value] of Object.entries(plan.info)) say(`  ${key}: ${value}`)
}
