import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { chainClient } from '../../src/localChain/chainClient.js'
import { findAnvil } from '../../src/localChain/findAnvil.js'
import { startAnvil } from '../../src/localChain/startAnvil.js'
import { bundled } from '../support/programs/bundled.js'

describe('startAnvil', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'govstream-test-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('starts a node that answers, and stops it again', async () => {
    const anvil = await startAnvil({ args: ['--chain-id', '77'] })
    onTestFinished(() => anvil.stop())
    expect(anvil.url).toBe(`http://127.0.0.1:${anvil.port}`)
    await expect(chainClient(anvil.url).getChainId()).resolves.toBe(77)
    await anvil.stop()
    await anvil.stop()
    await expect(chainClient(anvil.url).getChainId()).rejects.toThrow('fetch failed')
  })

  it('removes the states that the node keeps on disk', async () => {
    const anvil = await startAnvil()
    onTestFinished(() => anvil.stop())
    const words = (await readFile(`/proc/${anvil.pid}/cmdline`, 'utf8')).split('\0')
    const states = words[words.indexOf('--cache-path') + 1]!
    await expect(access(states)).resolves.toBeUndefined()
    await anvil.stop()
    await expect(access(states)).rejects.toThrow('ENOENT')
  })

  it('restarts on the same port with the same state', async () => {
    const state = join(folder, 'state.json')
    const first = await startAnvil({ args: ['--state', state] })
    onTestFinished(() => first.stop())
    await chainClient(first.url).mine({ blocks: 7 })
    await first.stop()
    const second = await startAnvil({ args: ['--state', state], port: first.port })
    onTestFinished(() => second.stop())
    expect(second.url).toBe(first.url)
    await expect(chainClient(second.url).getBlockNumber()).resolves.toBe(7n)
  })

  it('says why the node did not start', async () => {
    await expect(startAnvil({ args: ['--no-such-flag'] })).rejects.toThrow(
      /ended \(2\) before it listened: .*--no-such-flag/,
    )
  })

  it('says what to install if there is no binary', () => {
    expect(() => findAnvil('plan9', 'x64')).toThrow(
      'The local chain needs anvil, and @foundry-rs/anvil-plan9-amd64 is not installed here: ' +
        'run "npm install @foundry-rs/anvil" in this directory and try again.',
    )
  })

  it('leaves no node behind when the process ends without stopping it', async () => {
    const script = bundled('test/support/programs/startAnvilAndTell.ts')
    const parent = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = once(parent, 'exit')
    const output: unknown[] = await once(parent.stdout, 'data')
    const socket = connect(Number(String(output[0])), '127.0.0.1')
    await once(socket, 'connect')
    const cut = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve))

    parent.stdin.end()
    await expect(ended).resolves.toEqual([3, null])
    await expect(cut).resolves.toBeTypeOf('boolean')
  })
})
