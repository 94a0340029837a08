import fs from 'fs-extra'
import { ensureDir } from 'fs-extra/esm'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { slack } from '../../channels/slack.js'
import type { ConfigInput } from '../../config/schema.js'
import { chainClient } from '../../localChain/chainClient.js'
import { type Deployment, deployGovernor } from '../../localChain/deployGovernor.js'
import { localNode } from '../../localChain/localNode.js'
import { createMonitor } from '../../monitor.js'
import { followMonitor } from './followMonitor.js'
import { type Narrator, narrator } from './narrator.js'
import { playStory } from './playStory.js'
import { type RoomMessage, startSlackRoom } from './startSlackRoom.js'

const votesEach = 100n * 10n ** 18n

interface DemoOptions {
  readonly stdout: { write(text: string): unknown }
  /** Stops the demo early and cleans up. */
  readonly signal: AbortSignal
  readonly color: boolean
  /** Columns of the terminal; `Infinity` if it is not a terminal. */
  readonly width: number
}

/**
 * Plays the whole demo with the real monitor, on a local chain that it starts, in about half a minute. It leaves no
 * process and no file behind.
 *
 * @returns The exit code 0, also if it was stopped.
 * @throws Error that says what went wrong.
 */
export async function runDemo({ stdout, signal, color, width }: DemoOptions): Promise<number> {
  const tell = narrator({ write: (text) => void stdout.write(`${text}\n`), color, width })
  tell.title('govstream demo', 'From a proposal to a switched binary, on a chain of its own.')
  try {
    await withScratch((directory) => playBesideSlack(directory, tell, signal))
  } catch (error) {
    if (!signal.aborted) throw error
    tell.end('Stopped. Nothing is left behind.')
    return 0
  }
  tell.end('That was all: voted, scheduled, written, switched. The chain and its files are gone again.')
  return 0
}

async function playBesideSlack(directory: string, tell: Narrator, signal: AbortSignal): Promise<void> {
  const room = await startSlackRoom(livingMessage(tell))
  try {
    await playOnLocalChain(directory, { tell, signal, slackUrl: room.apiUrl })
  } finally {
    await room.stop()
  }
}

async function playOnLocalChain(
  directory: string,
  { tell, signal, slackUrl }: { readonly tell: Narrator; readonly signal: AbortSignal; readonly slackUrl: string },
): Promise<void> {
  const home = join(directory, 'home')
  const data = join(home, 'data')
  await ensureDir(data)

  tell.chapter('A chain with governance')
  const node = await localNode(directory)
  const play = new AbortController()
  const stop = AbortSignal.any([signal, play.signal])
  try {
    tell.say('node', `anvil at ${node.url}, a block a second`)
    const client = chainClient(node.url)
    const deployment = await deployGovernor(client, {
      votingDelay: 40,
      votingPeriod: 150,
      votesEach,
      quorum: 3n * votesEach,
      timelock: { minDelay: 2 },
    })
    tell.say('governor', `OpenZeppelin 5 at ${deployment.governor}, timelock of 2 s`)
    const monitor = createMonitor(demoConfig({ directory, home, nodeUrl: node.url, slackUrl }, deployment))
    const running = monitor.run({ signal: stop })
    const follower = followMonitor(monitor, tell, stop)
    const story = playStory({ client, deployment, votesEach, node, narrator: tell, follower, data, signal: stop })
    try {
      // The monitor ends by itself only if it fails.
      await Promise.race([story, running, follower.ended])
      signal.throwIfAborted()
    } finally {
      play.abort()
      // Waits for the story too, because it may be about to start a node.
      await Promise.allSettled([story, running, follower.ended])
    }
  } finally {
    await node.stop()
  }
}

interface DemoPlaces {
  readonly directory: string
  readonly home: string
  readonly nodeUrl: string
  readonly slackUrl: string
}

function demoConfig(
  { directory, home, nodeUrl, slackUrl }: DemoPlaces,
  { governor, fromBlock }: Deployment,
): ConfigInput {
  return {
    state: join(directory, 'govstream.db'),
    notifier: {
      handlers: [
        {
          type: slack.schema.shape.type.value,
          token: 'xoxb-demo',
          channel: 'C0DEMO',
          apiUrl: slackUrl,
          rate: 'unlimited',
        },
      ],
    },
    chains: [
      {
        name: 'local',
        rpc: { urls: [nodeUrl], timeout: '5s' },
        governance: { system: 'governor', address: governor, fromBlock: Number(fromBlock) },
        monitor: { pollInterval: '150ms', maxBackoff: '500ms', downAfter: '150ms' },
        // The same anvil starts again, so its version does not show the upgrade.
        scheduler: { minUpgradeDelay: '1s', reminders: ['4 blocks'], completion: 'height' },
        upgradeInfo: { home, profile: 'wemixvisor' },
      },
    ],
  }
}

/**
 * Shows the message of the upgrade after each change; those of the other proposals would be too many. A reply follows
 * each edit that changes the title, so such an edit is shown together with its reply.
 */
function livingMessage(tell: Narrator): (message: RoomMessage) => void {
  let watched: string | undefined
  let shown = { title: '', content: '', replies: 0 }
  return ({ ts, text, facts, replies }) => {
    watched ??= /^New proposal.*Upgrade to v2\.0\.0$/m.test(text) ? ts : undefined
    const tally = ['For', 'Against', 'Quorum'].flatMap((name) => {
      const value = facts.get(name)
      return value === undefined ? [] : [`${name} ${value}`]
    })
    const now = { title: text.split('\n')[0] ?? '', content: [text, ...tally].join('\n'), replies }
    const awaitsReply = shown.title !== '' && shown.title !== now.title && shown.replies === replies
    if (ts !== watched || now.content === shown.content || awaitsReply) return
    shown = now
    tell.message(text, { replies, tally: tally.join(' · ') })
  }
}

/** Runs `work` with a directory of its own, which is removed afterwards, even if the process exits early. */
async function withScratch<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await fs.mkdtemp(join(tmpdir(), 'govstream-demo-'))
  const remove = (): void => fs.removeSync(directory)
  process.once('exit', remove)
  try {
    return await work(directory)
  } finally {
    process.off('exit', remove)
    await fs.remove(directory)
  }
}
