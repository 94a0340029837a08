import { z } from 'zod'
import { toldWrongly } from './announcedTruth.js'
import { decidedPlans, inForceEver, timelyUsually, undonePlans } from './decidedPlans.js'
import { type Played, playStory } from './playStory.js'
import { settledWrongly } from './settledState.js'
import { beginning, blockAt, isSame, type Plan, type Story, type System, timeOfBlock } from './story.js'
import { calmly } from './storyOf.js'

// The promises of the monitor, checked against what the chain really decided.

/** Plays a story, and returns what went wrong: a sentence for each broken promise, and then what people were told. */
export async function brokenPromises<Truth, Lie>(
  system: System<Truth, Lie>,
  story: Story<Truth, Lie>,
): Promise<readonly string[]> {
  const played = await playStory(system, story)
  const calm = await playStory(system, calmly(story))
  const decided = decidedPlans(system, story.truth, played.last)
  const excused = [
    ...inForceEver(system, story.truth, played.last).filter(
      (plan) => !decided.some((one) => isSame(one, plan)) || mayMiss(system, story, plan),
    ),
    ...undonePlans(system, story.truth, played.last),
  ]
  const broken = [
    ...(system.onlyTells === true
      ? [...writtenAtAll(played), ...neverTold(system, story, played), ...keptWrongly(system, story, played)]
      : [...writtenWrongly(system, story, played), ...neverWritten(system, story, played)]),
    ...toldWrongly(played),
    ...settledWrongly(story, played.state, calm.state, excused),
    ...notWell(played),
  ]
  const told = played.told.map(({ block, notification }) => `Told at block ${block}: ${notification.title}`)
  return broken.length === 0 ? [] : [...broken, ...told]
}

// A vote that ends, or a cancellation, this shortly before is possibly not yet known to the monitor.
const noticeBlocks = 5
// A node that hides a plan is found out within ten minutes.
const hiddenSeconds = 600
// A node that is further behind is of no use.
const fewBlocks = 3

const fileSchema = z.looseObject({ name: z.string(), height: z.number(), info: z.string().default('') })

/** Promise 1: no file for a plan that the chain did not decide, and none before its time. */
function writtenWrongly<Truth, Lie>(
  { inForce }: System<Truth, Lie>,
  story: Story<Truth, Lie>,
  { files }: Played,
): readonly string[] {
  const { truth, setting } = story
  return files
    .filter(({ text }) => text !== '')
    .flatMap(({ block, text }) => {
      const written = fileSchema.parse(JSON.parse(text))
      const isDecided = Array.from(
        { length: noticeBlocks + blocksBehind(story, block) + 1 },
        (_, ago) => block - ago,
      ).some((newest) => inForce(truth, newest).some((plan) => isSame(plan, written)))
      if (!isDecided) return [`At block ${block} the file held ${text}, which was not in force.`]
      const isEarly = setting.when === 'at-height' && block < written.height - 1
      return isEarly ? [`At block ${block} the file of height ${written.height} was already there.`] : []
    })
}

/** How far the only node that is trusted may be behind at a block: what was so then is all that it knows. */
function blocksBehind<Truth, Lie>({ setting, phases }: Story<Truth, Lie>, block: number): number {
  if (setting.agreement > 1) return 0
  let begin = beginning
  const behind = phases.flatMap(({ seconds, nodes }) => {
    const [first, next] = [blockAt(setting, begin), blockAt(setting, begin + seconds * 1_000)]
    begin += seconds * 1_000
    return first > block || next < block
      ? []
      : nodes.map(({ lag, isHalted }) => lag + (isHalted === true ? block - first : 0))
  })
  return Math.max(0, ...behind)
}

/** Promise 2: each plan that is in force at its height is written once, if enough honest nodes answer. */
function neverWritten<Truth, Lie>(
  system: System<Truth, Lie>,
  story: Story<Truth, Lie>,
  { files, last, told }: Played,
): readonly string[] {
  const { waitsFor, inForce } = system
  const texts = files
    .filter(({ text }) => text !== '')
    .map(({ block, text }) => ({ block, ...fileSchema.parse(JSON.parse(text)) }))
  return decidedPlans(system, story.truth, last).flatMap((plan) => {
    const count = texts.filter((written) => isSame(plan, written)).length
    // A lower plan that passes later comes first, and is possibly cancelled.
    const isAfterLower = (place: number): boolean => (texts[place - 1]?.height ?? Infinity) < plan.height
    // A reorg may bring back a plan that was cancelled or replaced, and whose file was taken back.
    const isBack = (place: number): boolean => {
      const [before, written] = [texts[place - 1], texts[place]]
      return (
        before !== undefined &&
        written !== undefined &&
        Array.from({ length: written.block - before.block }, (_, after) => before.block + after).some(
          (newest) => !inForce(story.truth, newest).some((one) => isSame(one, plan)),
        )
      )
    }
    const again = texts.filter(
      (written, place) => isSame(plan, written) && !isAfterLower(place) && !isBack(place),
    ).length
    if (again > 1) return [`The file of ${plan.name} was written ${again} times.`]
    const isAwaited = waitsFor === undefined || waitsFor(story.truth, plan.height) !== undefined
    return count > 0 ||
      !isAwaited ||
      isReplacedAtOnce(plan, told) ||
      (waitsFor === undefined && mayMiss(system, story, plan))
      ? []
      : [`${plan.name} at ${plan.height} was never written.`]
  })
}

/**
 * True if the plan was carried out at the same block as a higher one, as happens after the only trusted node stood
 * still: the higher one replaced its file before anybody looked.
 */
function isReplacedAtOnce({ name, height }: Plan, told: Played['told']): boolean {
  const triggered = told.flatMap(({ block, notification: { event, data } }) =>
    event === 'upgrade_triggered' ? [{ at: block, name: data.name, height: Number(data.height) }] : [],
  )
  return triggered.some(
    (own) => own.name === name && triggered.some((other) => other.at === own.at && other.height > height),
  )
}

function writtenAtAll({ files }: Played): readonly string[] {
  return files.map(({ block, text }) => `At block ${block} a file was there: ${text}`)
}

/** Promise 2, where nothing is written: each plan is told in time, and that it was carried out. */
function neverTold<Truth, Lie>(
  system: System<Truth, Lie>,
  story: Story<Truth, Lie>,
  { told, last }: Played,
): readonly string[] {
  const tells = (events: readonly string[], { name }: Plan, before: number): boolean =>
    told.some(
      ({ block, notification: { event, data } }) =>
        events.includes(event) && 'name' in data && data.name === name && block < before,
    )
  return decidedPlans(system, story.truth, last)
    .filter((plan) => !mayMiss(system, story, plan))
    .flatMap((plan) => [
      ...(tells(['upgrade_scheduled', 'upgrade_rescheduled'], plan, plan.height)
        ? []
        : [`${plan.name} was not told before its height ${plan.height}.`]),
      ...(tells(['upgrade_completed'], plan, Infinity) ? [] : [`${plan.name} was never told as completed.`]),
    ])
}

const kept: readonly string[] = ['scheduled', 'in_progress', 'completed']

/** What a node invented, or the chain gave up, is called off in the end. */
function keptWrongly<Truth, Lie>(
  system: System<Truth, Lie>,
  { truth }: Story<Truth, Lie>,
  { state, last }: Played,
): readonly string[] {
  const names = new Set(inForceEver(system, truth, last).map(({ name }) => name))
  return [...state.upgrades.values()]
    .filter(({ name, status }) => kept.includes(status) && !names.has(name))
    .map(({ name, status }) => `In the end ${name} was ${status}, which is not in force.`)
}

/** True if the monitor did not run around the height, too few honest nodes answered, or one hid the plan before. */
function mayMiss<Truth, Lie>(
  { timely = timelyUsually, hides = () => false }: Pick<System<Truth, Lie>, 'timely' | 'hides'>,
  { truth, setting, phases }: Story<Truth, Lie>,
  plan: Plan,
): boolean {
  const { height } = plan
  const due = timeOfBlock(setting, height)
  let begin = beginning / 1_000
  return phases.some(({ seconds, nodes, monitor }) => {
    const end = begin + seconds
    const isNear = begin < due + timely.seconds && end > due - timely.seconds
    const isShortlyBefore = begin < due && end > due - hiddenSeconds
    const hidden = { truth, plan, from: blockAt(setting, begin * 1_000), to: blockAt(setting, end * 1_000) }
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
    return (
      (isNear && (monitor === 'stopped' || reliable.length < setting.agreement)) ||
      (isShortlyBefore && nodes.some((node) => hides(node, hidden)))
    )
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
