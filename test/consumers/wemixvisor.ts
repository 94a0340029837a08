import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { removeUpgradeInfo } from '../../src/sinks/upgradeInfo/removeUpgradeInfo.js'
import { writeUpgradeInfo } from '../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import type { Finding } from './finding.js'
import { standInNode } from './standInNode.js'

const height = 100_000
const head = 1n

/** Has a wemixvisor, the real one or a double, read our files, and us read those that it writes. */
export async function tryWemixvisor(
  command: readonly [string, ...string[]],
  { writes = 1_000 }: { readonly writes?: number } = {},
): Promise<readonly Finding[]> {
  using node = standInNode('wemixvisor', ['v2'])
  const write = writeUpgradeInfo({ home: node.home, profile: 'wemixvisor' })
  const plan = (name: string, at: number) => ({ key: 'local/0xgov/1', name, height: at, info: '{"notes":"faster"}' })
  const findings: Finding[] = []
  const note = (what: string, isRight: boolean, detail: string): void => {
    findings.push({ what, isRight, detail })
  }
  const ask = (...args: readonly string[]) => run([...command, 'upgrade', ...args], node.home)
  const isTold = ({ code, said }: Answer, name: string, at: number): boolean =>
    code === 0 && new RegExp(`Name: +${name}\\n +Height: ${at}\\n`).test(said)

  const none = await ask('status')
  note('has no upgrade at first', none.code === 0 && none.said.includes('No upgrade scheduled'), none.said)
  await write(plan('v2', height), { head })
  const one = await ask('status')
  note('reads name, height and info', isTold(one, 'v2', height) && one.said.includes('notes: faster'), one.said)

  const asked: Answer[] = []
  const writing = { isOver: false }
  const reading = (async () => {
    while (!writing.isOver) asked.push(await ask('status'))
  })()
  let written = 0
  for (let k = 1; k <= writes; k += 1)
    if ((await write(plan('v2', height + k), { head })).result === 'written') written += 1
  writing.isOver = true
  await reading
  const bad = asked.filter(({ code, said }) => code !== 0 || !/Name: +v2\n/.test(said))
  note(
    `reads a whole plan each of ${asked.length} times while the file is written ${writes} times`,
    bad.length === 0 && written === writes,
    bad[0]?.said ?? `${written} were written`,
  )

  const removed = await removeUpgradeInfo({ home: node.home, profile: 'wemixvisor' })(
    { name: 'v2', height: height + writes },
    { head },
  )
  const gone = await ask('status')
  note('has no upgrade after the removal', gone.said.includes('No upgrade scheduled'), removed.result)

  const theirs = await ask('schedule', 'v3', String(height))
  const refused = await write(plan('v2', height + 1), { head })
  note('keeps its own plan instead of ours', theirs.code === 0 && refused.result === 'refused', refused.result)
  const same = await write(plan('v3', height), { head })
  note('is left unchanged if both have the same plan', same.result === 'unchanged', same.result)
  const cancelled = await ask('cancel', '--force')
  await write(plan('v2', height), { head })
  const last = await ask('cancel', '--force')
  note('cancels its plan and ours', cancelled.code === 0 && isTold(last, 'v2', height), last.said)
  return findings
}

interface Answer {
  readonly code: number | null
  readonly said: string
}

async function run([file = '', ...args]: readonly string[], home: string): Promise<Answer> {
  const child = spawn(file, args, {
    env: { PATH: process.env['PATH'], DAEMON_HOME: home, DAEMON_NAME: 'chaind' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  await ended
  return { code: child.exitCode, said: `${out}${err}` }
}
