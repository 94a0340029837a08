import { constants, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { archiveUpgradeInfo } from '../../../../src/sinks/upgradeInfo/archiveUpgradeInfo.js'
import { removeUpgradeInfo } from '../../../../src/sinks/upgradeInfo/removeUpgradeInfo.js'
import { upgradeInfoPath } from '../../../../src/sinks/upgradeInfo/upgradeInfoPath.js'
import { writeUpgradeInfo } from '../../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { freshHome, type Home } from '../home.js'
import { upgrade } from '../upgrade.js'
import { plain } from '../writeUpgradeInfoGiven.js'
import { disksAfter, textAt } from './disk.js'
import { recordEffects } from './recordEffects.js'

interface Deed {
  /** The content of the home before. */
  readonly given: (place: Home) => void
  readonly work: (home: string) => Promise<{ readonly result: string }>
  /**
   * What a cut may leave of the file during the operation, and the only content it may leave
   * after the answer.
   */
  readonly before: string | undefined
  readonly after: string | undefined
  /** The file beside it afterwards. */
  readonly aside?: string
}

const old = '{"name":"v1","height":900}\n'
const write = (home: string) => writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head: 1_000n })
const fileText = (text: string) => (place: Home) => writeFileSync(place.path, text)

const deeds: Readonly<Record<string, Deed>> = {
  'writes the first file': { given: () => undefined, work: write, before: undefined, after: plain },
  'creates the directory, too': {
    given: ({ data }) => rmSync(data, { recursive: true }),
    ...{ work: write, before: undefined, after: plain },
  },
  'replaces a file': { given: fileText(old), work: write, before: old, after: plain },
  'moves a file aside': {
    given: fileText(plain),
    work: (home) => archiveUpgradeInfo({ home })(upgrade()),
    ...{ before: plain, after: undefined, aside: 'upgrade-info.1000.json' },
  },
  'removes a file': {
    given: fileText(plain),
    work: (home) => removeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head: 1n }),
    ...{ before: plain, after: undefined },
  },
}

/**
 * Runs an operation that is killed before a disk operation, otherwise to its end; after a
 * kill, once more.
 */
async function recorded({ given, work }: Deed, killedBefore?: number) {
  const place = freshHome()
  given(place)
  await using recording = await recordEffects(place.home)
  const first = await recording.run(() => work(place.home), killedBefore)
  const answer = first ?? (await recording.run(() => work(place.home)))
  return { ...recording, wasKilled: first === undefined, answer }
}

/** The contents of the file after a cut at each moment, as `moment: text`, if they are wrong. */
function wrongDisks(
  { before, after, aside }: Deed,
  { root, before: disk, effects }: Awaited<ReturnType<typeof recorded>>,
) {
  const isOf = (moment: number): boolean => effects.slice(0, moment).some(({ kind }) => kind === 'answer')
  let disks = 0
  const wrong = effects.flatMap((_, at) =>
    [...disksAfter(disk, effects.slice(0, at + 1))].flatMap((left) => {
      disks += 1
      const text = textAt(left, root, 'data', 'upgrade-info.json')
      const isDone = isOf(at + 1)
      const isRight = text === after || (text === before && !isDone)
      const isAside = !isDone || aside === undefined || textAt(left, root, 'data', aside) === before
      return isRight && isAside ? [] : [`${at + 1} of ${effects.length}${isDone ? ', answered' : ''}: ${String(text)}`]
    }),
  )
  return { disks, wrong: [...new Set(wrong)] }
}

describe.each(Object.entries(deeds))('a power cut while govstream %s', (_, deed) => {
  it('leaves the old or the new file, and after the answer only the new one', async () => {
    const recording = await recorded(deed)
    const { disks, wrong } = wrongDisks(deed, recording)

    expect(wrong).toStrictEqual([])
    expect(disks).toBeGreaterThan(recording.effects.length)
  })

  it('does so after a kill, too, when the next run found the work done or repeated it', async () => {
    for (let operation = 1; ; operation += 1) {
      const recording = await recorded(deed, operation)
      const { wrong } = wrongDisks(deed, recording)
      expect([operation, recording.answer, wrong]).toStrictEqual([operation, recording.answer, []])
      if (!recording.wasKilled) break
    }
  })
})

it('a plan that another program wrote without a sync is made durable', async () => {
  const work = async (home: string): Promise<{ readonly result: string }> => {
    const file = await open(upgradeInfoPath(home), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    await file.writeFile(plain)
    await file.close()
    return write(home)
  }
  const deed: Deed = { given: () => undefined, work, before: undefined, after: plain }
  const recording = await recorded(deed)
  expect(recording.answer).toMatchObject({ result: 'unchanged' })
  // What is left before the answer is not guaranteed.
  expect(wrongDisks(deed, recording).wrong.filter((left) => left.includes('answered'))).toStrictEqual([])
})

it('the first file is placed by a link, which replaces nothing, and a later one by a rename', async () => {
  const placing = async (deed: Pick<Deed, 'given'>): Promise<readonly number[]> => {
    const { effects } = await recorded({ ...deed, work: write, before: undefined, after: plain })
    return effects.flatMap((effect) =>
      effect.kind === 'names' && effect.names.has('upgrade-info.json') ? [effect.names.size] : [],
    )
  }
  // A rename changes two names.
  expect(await placing({ given: () => undefined })).toStrictEqual([1])
  expect(await placing({ given: fileText(old) })).toStrictEqual([2])
})
