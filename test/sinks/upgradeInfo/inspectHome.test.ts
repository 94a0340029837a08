import { chmod, mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inspectHome, type PlanToCome } from '../../../src/sinks/upgradeInfo/inspectHome.js'
import { mountOf } from '../../../src/sinks/upgradeInfo/disk/probeReplacing.js'
import { writeUpgradeInfo } from '../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { asRoot, nobody, says, whileDone, writeElsewhere } from './home.js'
import { upgrade } from './upgrade.js'

let home: string
let path: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'govstream-home-'))
  path = join(home, 'data', 'upgrade-info.json')
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe('inspectHome', () => {
  it('finds a writable home, and creates nothing in it', async () => {
    expect(await inspectHome(home, Date.now())).toStrictEqual({ summary: `${path} can be written` })
    expect(await readdir(home)).toStrictEqual([])
  })

  it('reports the plan in the file', async () => {
    await mkdir(join(home, 'data'))
    await writeFile(path, '{"name":"v1","height":7}')
    expect(await inspectHome(home, Date.now())).toStrictEqual({ summary: `${path} holds v1 at height 7` })
  })

  it('reports what would block the write', async () => {
    expect((await inspectHome(join(home, 'typo'), Date.now())).problem).toMatch(
      /typo does not exist; check upgradeInfo\.home\.$/,
    )
    await writeFile(join(home, 'data'), 'a file')
    expect((await inspectHome(home, Date.now())).problem).toMatch(/data is not a directory; check upgradeInfo\.home\.$/)
    await rm(join(home, 'data'))
    await mkdir(join(home, 'data'))
    await writeFile(path, 'a sentence')
    expect((await inspectHome(home, Date.now())).problem).toMatch(
      /is not JSON: it is not ours to replace\. Move it away\.$/,
    )
  })
})

describe('a file checked for a scheduled plan', () => {
  const toCome = { name: 'v2', height: 1_000, profile: 'cosmovisor', info: 'text' } as const
  const inspected = (plan: Partial<PlanToCome> = {}) => inspectHome(home, Date.now(), { ...toCome, ...plan })
  beforeEach(() => mkdir(join(home, 'data')))

  it.each([
    [
      'another plan for the same height',
      '{"name":"v3","height":1000}',
      'holds the plan "v3" for height 1000, the same height',
    ],
    [
      'a plan for a later height',
      '{"name":"v3","height":1001}',
      'holds the plan "v3" for height 1001, which the chain has not passed yet',
    ],
  ])('is a problem days before the height if it is %s', async (_, text, words) => {
    await writeFile(path, text)
    expect((await inspected()).problem).toBe(
      `${path} ${words}: govstream will not replace it. Check whose it is and move it away.`,
    )
  })

  it.each([
    ['a plan for an earlier height', '{"name":"v1","height":999}'],
    ['this plan for another height', '{"name":"v2","height":2000}'],
    ['this plan', '{"name":"v2","height":1000}'],
    ['this plan with its info', '{"name":"v2","height":1000,"info":"text"}'],
    ['this plan in a form that its reader cannot read', '{"name":"v2","height":1000,"info":{}}'],
    ['empty', ''],
  ])('is no problem if it is %s', async (_, text) => {
    await writeFile(path, text)
    expect(Object.keys(await inspected())).toStrictEqual(['summary'])
  })

  it('is a doubt if it is this plan with other info', async () => {
    await writeFile(path, '{"name":"v2","height":1000,"info":"other"}')
    expect((await inspected()).doubt).toContain(
      'holds this plan already, with another info than the plan has, and is left as it is',
    )
  })

  it.each([
    ['was deleted', () => rm(path)],
    ['was deleted with its directory', () => rm(join(home, 'data'), { recursive: true })],
    ['got another height', () => writeFile(path, '{"name":"v2","height":2000}')],
  ])('is a doubt if it was written and then %s', async (_, change) => {
    await writeFile(path, '{"name":"v2","height":1000}')
    expect(await inspected({ writtenAt: 1n })).not.toHaveProperty('doubt')
    await change()
    expect((await inspected({ writtenAt: 1n })).doubt).toBe(
      `${path} was written for this plan and does not hold it any more: it is written again at height 1000.`,
    )
  })
})

describe('what only the last step of the writer would meet', () => {
  let data: string
  /** What the writer reports for the same file; the check must have reported it before. */
  const written = () => writeUpgradeInfo({ home, profile: 'portable' })(upgrade({ height: 2_000 }), { head: 1_000n })

  beforeEach(async () => {
    data = join(home, 'data')
    await mkdir(data)
    await writeFile(path, '{"name":"v1","height":7}')
    await chmod(home, 0o755)
  })

  it('is a file that is mounted by itself, as in containers', async () => {
    await writeFile(join(home, 'source.json'), '{"name":"v1","height":7}')
    await whileDone(['mount', '--bind', join(home, 'source.json'), path], ['umount', path], async () => {
      expect((await inspectHome(home, Date.now())).problem).toBe(
        `${path} cannot be written: ${path} is mounted by itself, and what is mounted cannot be replaced (EBUSY); mount the home instead of the file.`,
      )
      expect(await written()).toMatchObject({
        result: 'failed',
        reason: says('EBUSY: resource busy or locked; what is mounted cannot be replaced'),
      })
      expect(await readdir(data)).toStrictEqual(['upgrade-info.json'])
    })
  })

  it('is found by the mount of an open file, which needs no permissions', async () => {
    const mounts = await Promise.all(
      ['/', '/proc', '/proc/version'].map(async (place) => {
        const handle = await open(place, 'r')
        return mountOf(handle.fd).finally(() => handle.close())
      }),
    )
    expect(mounts).toStrictEqual([expect.stringMatching(/^\d+$/), mounts[2], expect.stringMatching(/^\d+$/)])
    expect(mounts[0]).not.toBe(mounts[1])
  })

  it('is an immutable file', async () => {
    await whileDone(['chattr', '+i', path], ['chattr', '-i', path], async () => {
      expect((await inspectHome(home, Date.now())).problem).toBe(
        `${path} cannot be written: ${path} is immutable or append-only; run: chattr -i -a ${path}.`,
      )
      expect(await written()).toMatchObject({
        result: 'failed',
        reason: says('EPERM: operation not permitted; it or its directory is immutable or append-only'),
      })
    })
  })

  it('is a separate disk that is full, or has no inodes left', async () => {
    const small = (size: string): readonly [string, ...string[]] => ['mount', '-t', 'tmpfs', '-o', size, 'tmpfs', data]
    const full = says('ENOSPC: no space left on device; the disk is full, or has no inodes left (see df -h and df -i)')
    await whileDone(small('size=64k'), ['umount', data], async () => {
      await writeFile(join(data, 'fill'), Buffer.alloc(65_536)).catch(() => undefined)
      expect((await inspectHome(home, Date.now())).problem).toStrictEqual(full)
      expect(await written()).toMatchObject({ result: 'failed', reason: full })
      expect(await readdir(data)).toStrictEqual(['fill'])
    })
    await whileDone(small('size=1m,nr_inodes=2'), ['umount', data], async () => {
      await writeFile(join(data, 'last'), '')
      expect((await inspectHome(home, Date.now())).problem).toStrictEqual(full)
      expect(await written()).toMatchObject({ result: 'failed', reason: full })
    })
  })

  it('is a file system mounted read-only', async () => {
    await whileDone(['mount', '--bind', '-o', 'ro', data, data], ['umount', data], async () => {
      expect((await inspectHome(home, Date.now())).problem).toContain(
        'EROFS: read-only file system; the file system is mounted read-only: mount it writable',
      )
      expect(await written()).toMatchObject({ result: 'failed', reason: says('EROFS') })
    })
  })

  it('is a directory without write permission', async () => {
    await chmod(data, 0o555)
    const problem = says('EACCES: permission denied; run govstream as the user of the node')
    expect(writeElsewhere(home, { inspect: true, ...(asRoot && { uid: nobody }) })).toMatchObject({ problem })
    await chmod(data, 0o755)
    await rm(data, { recursive: true })
    await chmod(home, 0o555)
    expect(writeElsewhere(home, { inspect: true, ...(asRoot && { uid: nobody }) })).toMatchObject({ problem })
  })

  it('is a file whose owner cannot be kept, also in a sticky directory', async () => {
    await chmod(data, 0o777)
    const inspect = () => writeElsewhere(home, { inspect: true, ...(asRoot && { uid: nobody }) })
    // Without root the owner can only be ourselves, and then nothing blocks the write.
    expect(inspect()).toStrictEqual(
      asRoot
        ? {
            summary: path,
            problem: `${path} cannot be written: its owner 0:0 cannot be kept; run govstream as that user.`,
          }
        : { summary: `${path} holds v1 at height 7` },
    )
    await chmod(data, 0o1777)
    expect(inspect()).toStrictEqual(
      asRoot
        ? {
            summary: path,
            problem: `${path} cannot be written: ${data} is sticky and ${path} belongs to user 0; run govstream as user 0.`,
          }
        : { summary: `${path} holds v1 at height 7` },
    )
  })

  it('is a batch file of cosmovisor', async () => {
    await writeFile(`${path}.batch`, '[]')
    expect((await inspectHome(home, Date.now())).problem).toBe(
      `${path} cannot be written: ${path}.batch exists: cosmovisor writes the file from it itself; remove the batch file.`,
    )
  })

  it('is checked without a change to the file and its neighbours', async () => {
    const before = await stat(path, { bigint: true })
    expect(await inspectHome(home, Date.now())).toStrictEqual({ summary: `${path} holds v1 at height 7` })
    expect({ ...(await stat(path, { bigint: true })), atimeMs: 0n, atimeNs: 0n, atime: 0 }).toStrictEqual({
      ...before,
      atimeMs: 0n,
      atimeNs: 0n,
      atime: 0,
    })
    expect(await readdir(data)).toStrictEqual(['upgrade-info.json'])
  })
})
