import { z } from 'zod'
import { toldWrongly } from './announcedTruth.js'
import { type Played, playStory } from './playStory.js'
import { settledWrongly } from './settledState.js'
import { beginning, isSame, type Plan, type Story, type System, timeOfBlock } from './story.js'
import { calmly } from './storyOf.js'

// The promises of the monitor, checked against what the chain really decided.

/** Plays a story, and returns what went wrong: a sentence for each broken promise, and then what people were told. */
export async function brokenPromises<Truth, Lie>(
  system: System<Truth, Lie>,
  story: Story<Truth, Lie>,
): Promise<readonly string[]> {
  const played = await playStory(system, story)
  const calm = await playStory(system, calmly(story))
  const excused = decidedPlans(system, story.truth, played.last).filter((plan) => mayMiss(story, plan))
  const broken = [
    ...writtenWrongly(system, story, played),
    ...neverWritten(system, story, played),
    ...toldWrongly(played),
    ...settledWrongly(story, played.state, calm.state, excused),
    ...notWell(played),
  ]
  const told = played.told.map(({ block, notification }) => `Told at block ${block}: ${notification.title}`)
  return broken.length === 0 ? [] : [...broken, ...told]
}

// A vote that ends, or a cancellation, this shortly before is possibly not yet known to the monitor.
const noticeBlocks = 5
// A plan that is decided this shortly before its height may be missed, and one whose nodes fail this long around it.
const timelyBlocks = 25
const timelySeconds = 60
// A node that is further behind is of no use.
const fewBlocks = 3

const fileSchema = z.looseObject({ name: z.string(), height: z.number(), info: z.string().default('') })

/** Promise 1: no file for a plan that the chain did not decide, and none before its time. */
function writtenWrongly<Truth, Lie>(
  { inForce }: System<Truth, Lie>,
  { truth, setting }: Story<Truth, Lie>,
  { files }: Played,
): readonly string[] {
  return files
    .filter(({ text }) => text !== '')
    .flatMap(({ block, text }) => {
      const written = fileSchema.parse(JSON.parse(text))
      const isDecided = Array.from({ length: noticeBlocks + 1 }, (_, ago) => block - ago).some((newest) =>
        inForce(truth, newest).some((plan) => isSame(plan, written)),
      )
      if (!isDecided) return [`At block ${block} the file held ${text}, which was not in force.`]
      const isEarly = setting.when === 'at-height' && block < written.height - 1
      return isEarly ? [`At block ${block} the file of height ${written.height} was already there.`] : []
    })
}

/** Promise 2: each plan that is in force at its height is written once, if enough honest nodes answer. */
function neverWritten<Truth, Lie>(
  system: System<Truth, Lie>,
  story: Story<Truth, Lie>,
  { files, last }: Played,
): readonly string[] {
  const { waitsFor } = system
  const texts = files.filter(({ text }) => text !== '').map(({ text }) => fileSchema.parse(JSON.parse(text)))
  return decidedPlans(system, story.truth, last).flatMap((plan) => {
    const count = texts.filter((written) => isSame(plan, written)).length
    // A lower plan that passes later comes first, and is possibly cancelled.
    const isAfterLower = (place: number): boolean => (texts[place - 1]?.height ?? Infinity) < plan.height
    const again = texts.filter((written, place) => isSame(plan, written) && !isAfterLower(place)).length
    if (again > 1) return [`The file of ${plan.name} was written ${again} times.`]
    const isAwaited = waitsFor === undefined || waitsFor(story.truth, plan.height) !== undefined
    return count > 0 || !isAwaited || (waitsFor === undefined && mayMiss(story, plan))
      ? []
      : [`${plan.name} at ${plan.height} was never written.`]
  })
}

/** The plans that were in force in good time before their heights, and at them. */
function decidedPlans<Truth, Lie>({ inForce }: System<Truth, Lie>, truth: Truth, last: number): readonly Plan[] {
  return inForceEver({ inForce }, truth, last).filter((plan) =>
    Array.from({ length: timelyBlocks + 1 }, (_, before) => plan.height - before).every(
      (newest) => newest <= last && inForce(truth, newest).some((one) => isSame(one, plan)),
    ),
  )
}

function inForceEver<Truth, Lie>(
  { inForce }: Pick<System<Truth, Lie>, 'inForce'>,
  truth: Truth,
  last: number,
): readonly Plan[] {
  const all = inForce(truth, last)
  const heights = new Set(all.map(({ height }) => height))
  const more = [...heights].flatMap((height) => inForce(truth, height))
  return [...all, ...more.filter((plan) => !all.some((one) => isSame(one, plan)))]
}

/** True if the monitor did not run around the height, or too few honest nodes answered. */
function mayMiss<Lie>({ setting, phases }: Pick<Story<unknown, Lie>, 'setting' | 'phases'>, { height }: Plan): boolean {
  const due = timeOfBlock(setting, height)
  let begin = beginning / 1_000
  return phases.some(({ seconds, nodes, monitor }) => {
    const end = begin + seconds
    const isNear = begin < due + timelySeconds && end > due - timelySeconds
    begin = end
    const reliable = nodes.filter(
      (node) =>
        node.isDown !== true &&
        node.isHalted !== true &&
        node.lag <= fewBlocks &&
        node.failsOften !== true &&
        node.isPruned !== true &&
        node.cutsLists !== true &&
        node.lie === undefined,
    )
    return isNear && (monitor === 'stopped' || reliable.length < setting.agreement)
  })
}

/** Once all nodes are well, nothing is doubtful, and the newest blocks are read. */
function notWell({ state: { health, head, proposals }, last }: Pick<Played, 'state' | 'last'>): readonly string[] {
  const doubts = [...proposals.values()].flatMap(({ id, finding }) =>
    finding?.unsure === undefined ? [] : [`In the end proposal ${id} was in doubt: ${finding.unsure}`],
  )
  return [
    ...(health.state === 'up' ? [] : [`In the end the source was ${health.state}: ${health.problem}`]),
    ...(Number(head?.number ?? 0) >= last - 10 ? [] : [`In the end the head was ${head?.number} of ${last}.`]),
    ...doubts,
  ]
}
