import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { beforeAll, describe, expect, onTestFinished } from 'vitest'
import { upgradeDraft } from '../monitor/upgradeStory.js'
import { chainOf } from '../monitor/watching.js'
import { buildWhereStale } from '../process/buildWhereStale.js'
import type { Chain } from '../support/chain.js'
import { blocksIn, root } from './pages.js'
import { onSharedChain as it } from '../support/fixtures.js'

beforeAll(() => buildWhereStale(), 180_000)

const pipelines = blocksIn('ts').filter(
  ({ page, text }) =>
    page === 'docs/library.md' &&
    text.includes('.subscribe((change) => console.log(change.type))') &&
    // That one needs a running server: examples/remote.ts does it.
    !text.includes('connectMonitor'),
)

/** Runs an example of the page with the node and contract of the test; returns its lines. */
function run(chain: Chain, text: string, governor: string): AsyncIterator<string> {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      text
        .replace('http://127.0.0.1:8545', chain.url)
        .replace('0x5FbDB2315678afecb367f032d93F642f64180aa3', governor)
        .replace('12_000', '50'),
    ],
    { cwd: fileURLToPath(root), stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(async () => {
    const closed = once(child, 'close')
    child.kill()
    await closed
  })
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]()
}

describe('a pipeline on the page about the library', () => {
  it('exists in three forms, each with fewer than fifteen lines', () => {
    expect(pipelines).toHaveLength(3)
    for (const { text } of pipelines) expect(text.trimEnd().split('\n').length).toBeLessThan(15)
  })

  it.for(pipelines.map(({ line, text }) => [line, text] as const))(
    'prints what the page says: line %d',
    async ([_line, text], { chain }) => {
      const people = await chain.deploy()
      await people.actor.propose(upgradeDraft(people, { name: 'v2', height: 900_000 }))

      expect(await run(chain, text, people.governor).next()).toStrictEqual({ done: false, value: 'proposalAppeared' })
    },
  )

  it('with an operator in the middle passes on only what that operator does', async ({ chain }) => {
    const people = await chain.deploy()
    await people.actor.propose({ description: '# Thank you' })
    await people.actor.propose(upgradeDraft(people, { name: 'v2', height: 900_000 }))
    const { text = '' } = pipelines.find((one) => one.text.includes('withoutTexts')) ?? {}
    const told = run(
      chain,
      text.replace('console.log(change.type)', 'console.log(change.proposal.title)'),
      people.governor,
    )

    expect(await told.next()).toStrictEqual({ done: false, value: 'Upgrade to v2' })
  })
})

it('an operator between the stages of a monitor prevents announcements of what it removes', async ({ chain }) => {
  const people = await chain.deploy()
  await people.actor.propose({ description: '# Not wanted', proposer: 1 })
  await people.actor.propose({ description: '# Wanted', proposer: 2 })
  const example = blocksIn('ts').find(({ text }) => text.includes('const withoutOne = stage('))?.text ?? ''
  const config = JSON.stringify({ state: ':memory:', chains: [chainOf(chain.url, people.governor)] })
  const followed = example
    .replace(/^const ignored = .*$/m, `const ignored = '${people.voters[1] ?? ''}'`)
    .replace("loadConfig('./govstream.yaml')", config)
  const plain = ts.transpile(followed, { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext })
  const told = run(
    chain,
    `${plain}\nmonitor.notifications$.subscribe(({ title }) => console.log(title))`,
    people.governor,
  )

  expect((await told.next()).value).toContain('Wanted')
  await people.actor.mine(2)
  expect((await told.next()).value).toContain('Wanted')
})
