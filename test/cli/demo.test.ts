import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, it, type TestContext } from 'vitest'
import { blocksIn } from '../docs/pages.js'
import { buildWhereStale } from '../process/buildWhereStale.js'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

beforeAll(() => buildWhereStale(), 180_000)

/** The demo as users start it, with its own directory for temporary files. */
async function startDemo({ onTestFinished }: TestContext) {
  const scratch = await mkdtemp(join(tmpdir(), 'govstream-test-'))
  const child = spawn(process.execPath, [main, 'demo'], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    // Not SIGKILL: the demo stops its node itself.
    child.kill('SIGTERM')
    await ended
    await rm(scratch, { recursive: true })
  })
  return { child, ended, output: text(child.stdout), errors: text(child.stderr), left: () => readdir(scratch) }
}

async function untilSaid(child: ChildProcess, phrase: string): Promise<void> {
  let said = ''
  await new Promise<void>((resolve) =>
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes(phrase)) resolve()
    }),
  )
}

async function listens(output: string): Promise<boolean> {
  const socket = connect(Number(/127\.0\.0\.1:(\d+)/.exec(output)?.[1]), '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
    .finally(() => socket.destroy())
    .then((connected) => connected === true)
}

const everyTitle = [
  'govstream demo',
  'A chain with governance',
  'Five proposals',
  'The vote',
  'Through the timelock',
  'The queue counts down',
  'The process manager switches the binary',
]

/** The output of the demo, chapter by chapter. */
function readStory(story: string) {
  const chapters = story.split(/^\d\. /m)
  const file: unknown = JSON.parse(/^ +\{$[^]*^ +\}$/m.exec(chapters[5] ?? '')?.[0] ?? '')
  return {
    chapters,
    titles: chapters.map((chapter) => chapter.split('\n')[0]),
    /** The file that it shows. */
    file,
    eventsIn: (chapter: number) =>
      [...(chapters[chapter] ?? '').matchAll(/^ {2}> govstream {3}(\w+)/gm)].map(([, event]) => event),
  }
}

/** The lines of a text without what differs between runs: numbers, and the name of a directory. */
function comparable(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) =>
      line
        .replace(/\S*govstream-demo-\w+/, 'DIRECTORY')
        .replace(/\d+/g, '#')
        .replace('blocks', 'block')
        .trim(),
    )
    .filter((line) => line !== '' && line !== '…')
}

describe.concurrent('govstream demo', () => {
  it('runs through the whole story and ends by itself', async (context) => {
    const { expect } = context
    const { ended: exit, output, errors, left } = await startDemo(context)
    await expect(exit).resolves.toEqual([0, null])

    const story = await output
    const { titles, chapters, eventsIn, file } = readStory(story)
    expect(titles).toEqual(everyTitle)
    expect(eventsIn(2)).toEqual([...Array.from({ length: 5 }, () => 'new_proposal'), 'proposal_canceled'])
    const passed = ['proposal_passed', 'proposal_passed', 'proposal_passed', 'proposal_rejected', 'upgrade_scheduled']
    const ended = Array.from({ length: 4 }, () => 'voting_ended')
    const isOfItsTime = (event = ''): boolean => ['voting_started', 'quorum_reached'].includes(event)
    expect(
      eventsIn(3)
        .filter((event) => !isOfItsTime(event))
        .sort(),
    ).toEqual([...passed, ...ended])
    expect(eventsIn(4)).toEqual(['proposal_queued', 'proposal_queued', 'proposal_executed', 'proposal_executed'])
    expect(eventsIn(5)).toEqual(['upgrade_imminent', 'upgrade_triggered'])
    expect(eventsIn(6)).toEqual(['source_down', 'source_recovered', 'upgrade_completed'])
    expect(chapters[3]).toContain(
      '████████████▒▒▒▒····  300 for, 100 against, 0 abstain, quorum 300 of For and Abstain reached',
    )
    expect(chapters[5]).toMatch(/^ {4}queue {7}v2\.0\.0 at block 240: \d blocks? to go$/m)

    // One message in Slack, as it is edited.
    const living = [...story.matchAll(/^ {4}# slack {5}(.+)$/gm)].map(([, title = '']) => title)
    expect(living[0]).toBe('New proposal: Upgrade to v2.0.0')
    expect(living).toContain('Upgrade v2.0.0 scheduled for height 240 (5 in its thread)')
    expect(story).toMatch(
      /^ {16}For \d+ % \(300 VOTE\) · Against \d+ % \(\d+ VOTE\) · Quorum 300 VOTE of For and Abstain, reached$/m,
    )

    expect(file).toEqual({
      name: 'v2.0.0',
      height: 240,
      info: {
        binaries: { 'linux/amd64': `https://example.org/v2.0.0/node?checksum=sha256:${'c0ffee42'.repeat(8)}` },
        notes: 'Faster blocks, same rules.',
      },
    })
    const transcript = blocksIn('text').find(({ text: block }) => block.startsWith('govstream demo'))
    expect(comparable(story)).toEqual(expect.arrayContaining([...comparable(transcript?.text ?? '?')]))
    expect(story).not.toContain('\u001b')
    expect(await errors).toBe('')
    expect(await left()).toEqual([])
    expect(await listens(story)).toBe(false)
  })

  it('leaves nothing behind when interrupted', async (context) => {
    const { expect } = context
    const { child, ended, output, left } = await startDemo(context)
    await untilSaid(child, 'alice         votes for')
    child.kill('SIGINT')
    await expect(ended).resolves.toEqual([0, null])
    const story = await output
    expect(story).toContain('Stopped. Nothing is left behind.')
    expect(await left()).toEqual([])
    expect(await listens(story)).toBe(false)
  })
})
