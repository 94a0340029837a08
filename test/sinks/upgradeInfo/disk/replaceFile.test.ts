import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type BigIntStats, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { replaceFile } from '../../../../src/sinks/upgradeInfo/disk/replaceFile.js'
import { withDataDirectory } from '../../../../src/sinks/upgradeInfo/disk/withDataDirectory.js'
import { writeUpgradeInfo } from '../../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { freshHome } from '../home.js'
import { upgrade } from '../upgrade.js'

// Reads as fast as possible until its input closes, like an impatient process manager.
const reader = `
  const { readFileSync } = require('node:fs')
  let stop = false, reads = 0, heights = new Set(), torn = []
  process.stdin.on('end', () => { stop = true }).resume()
  const turn = () => {
    for (let i = 0; i < 20; i += 1) {
      const text = readFileSync(process.argv[1], 'utf8')
      reads += 1
      try {
        const plan = JSON.parse(text)
        if (!text.endsWith('}\\n') || plan.info.length !== plan.height * 10) throw 0
        heights.add(plan.height)
      } catch { torn.push(text.slice(0, 80)) }
    }
    if (stop) process.stdout.write(JSON.stringify({ reads, heights: heights.size, torn }))
    else setImmediate(turn)
  }
  process.stderr.write('reading')
  turn()
`

const summary = z.object({ reads: z.number(), heights: z.number(), torn: z.array(z.string()) })

describe('replaceFile', () => {
  it('never shows a reader half a plan', async () => {
    const { home, path, names } = freshHome()
    const write = writeUpgradeInfo({ home, profile: 'cosmovisor' })
    const plan = (height: number) => upgrade({ height, info: 'x'.repeat(height * 10) })
    await write(plan(1), { head: 1n })
    const child = spawn(process.execPath, ['-e', reader, path])
    const seen = text(child.stdout)
    await once(child.stderr, 'data')

    for (let height = 2; height <= 500; height += 1) {
      expect(await write(plan(height), { head: 1n })).toMatchObject({ result: 'written' })
    }
    child.stdin.end()

    const { reads, heights, torn } = summary.parse(JSON.parse(await seen))
    expect(torn).toStrictEqual([])
    expect(reads).toBeGreaterThan(500)
    expect(heights).toBeGreaterThan(10)
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('does not replace a file that was written by another process after it was read', async () => {
    const { home, path, names } = freshHome()
    const replace = (text: string, present: BigIntStats | undefined) =>
      withDataDirectory(home, {}, (directory) => replaceFile(directory, 'upgrade-info.json', text, present))
    await expect(replace('ours', undefined)).resolves.toMatchObject({ size: 4n })
    const read = lstatSync(path, { bigint: true })
    writeFileSync(path, 'theirs')

    await expect(replace('ours again', read)).rejects.toThrow('somebody else changed the file meanwhile')
    await expect(replace('ours again', undefined)).rejects.toThrow('somebody else changed the file meanwhile')
    expect(readFileSync(path, 'utf8')).toBe('theirs')
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('does not replace a file that appears right before the link', async () => {
    const { home, path, names } = freshHome()
    const replaced = withDataDirectory(home, {}, (directory) =>
      replaceFile(directory, 'upgrade-info.json', 'ours', undefined, {
        lastLook: () => writeFileSync(path, 'theirs'),
      }),
    )

    await expect(replaced).rejects.toThrow('somebody else changed the file meanwhile')
    expect(readFileSync(path, 'utf8')).toBe('theirs')
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('syncs the file before the rename, and the directory before it returns', async () => {
    const { home, data, names } = freshHome()
    const handle = await open(data)
    const handles = z.custom<typeof handle>().parse(Object.getPrototypeOf(handle))
    const sync = z.custom<(this: typeof handle) => Promise<void>>().parse(Reflect.get(handles, 'sync'))
    const seen: string[] = []
    vi.spyOn(handles, 'sync').mockImplementation(async function (this: typeof handle) {
      seen.push(
        names()
          .join()
          .replace(/^.*tmp$/, 'only another name'),
      )
      await sync.call(this)
    })
    onTestFinished(() => void vi.restoreAllMocks())
    await handle.close()
    await withDataDirectory(home, {}, (directory) => replaceFile(directory, 'upgrade-info.json', 'ours', undefined))

    // The last one is of the home: its directory may be new, too.
    expect(seen).toStrictEqual(['only another name', 'upgrade-info.json', 'upgrade-info.json'])
  })

  it('fails if the file does not read back as written', async () => {
    const { home, data, names } = freshHome()
    const replaced = withDataDirectory(home, {}, (directory) =>
      replaceFile(directory, 'upgrade-info.json', 'ours', undefined, {
        lastLook: () => writeFileSync(join(data, names().join()), 'flip'),
      }),
    )

    await expect(replaced).rejects.toThrow('the file does not read back as it was written')
  })

  it('fails if its directory was replaced meanwhile, because the node reads the new one', async () => {
    const { home, data } = freshHome()
    const replaced = withDataDirectory(home, {}, (directory) => {
      renameSync(data, join(home, 'moved'))
      mkdirSync(data)
      return replaceFile(directory, 'upgrade-info.json', 'ours', undefined)
    })

    await expect(replaced).rejects.toThrow(`${data} was exchanged for another directory meanwhile`)
    expect(readdirSync(data)).toStrictEqual([])
  })
})
