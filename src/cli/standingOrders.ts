import type { Command } from 'commander'
import { chain, type Done, reading } from './commandParts.js'
import type { PlanAddOptions } from './commands/plan.js'
import type { SilenceAddOptions } from './commands/silence.js'
import type { ChainOptions, ReadOptions } from './options.js'
import type { Context } from './Terminal.js'

// Commands whose effect is stored in the state and lasts until the operator takes it back.

function asList(one: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), one]
}

/** Adds the commands about silences. */
export function addSilences(program: Command, context: Context, done: Done): void {
  const silence = program.command('silence').description('hold back notifications for a while')
  reading(silence, 'add', 'hold back matching notifications from now on; they stay in the inbox, marked')
    .requiredOption('--match <key=value>', 'such as chain=main*; if there are several, all must match', asList)
    .requiredOption('--for <duration>', 'how long, such as 2h')
    .requiredOption('--comment <text>', 'why')
    .action(async (_: unknown, command: Command) => {
      const { addSilence } = await import('./commands/silence.js')
      done(await addSilence(command.optsWithGlobals<SilenceAddOptions>(), context))
    })
  reading(silence, 'list', 'the silences that have not ended').action(async (_: unknown, command: Command) => {
    const { listSilences } = await import('./commands/silence.js')
    done(await listSilences(command.optsWithGlobals<ReadOptions>(), context))
  })
  reading(silence, 'remove', 'end a silence now')
    .argument('<id>', 'its id in the list')
    .action(async (id: string, _: unknown, command: Command) => {
      const { removeSilence } = await import('./commands/silence.js')
      done(await removeSilence(id, command.optsWithGlobals<ReadOptions>(), context))
    })
}

/** Adds the commands about upgrades that no vote decides. */
export function addPlans(program: Command, context: Context, done: Done): void {
  const plan = program.command('plan').description('your own upgrades, which no vote decides')
  reading(plan, 'add', 'schedule a switch of the node at a height, as if a vote had decided it')
    .argument('<name>', 'name of the upgrade, and of the directory that holds the binary')
    .requiredOption('--height <n>', 'first block that the new binary runs')
    .option('--chain <name>', 'the chain it is for, if there are several')
    .option('--info <text>', 'what the process manager needs to know about the binaries: text, or a JSON object')
    .option('--label <name=value>', 'a label, such as team=core; may be given several times', asList)
    .action(async (name: string, _: unknown, command: Command) => {
      const { addPlan } = await import('./commands/plan.js')
      done(await addPlan(name, command.optsWithGlobals<PlanAddOptions>(), context))
    })
  reading(plan, 'list', 'the plans of your own, and what became of each')
    .option(...chain)
    .action(async (_: unknown, command: Command) => {
      const { listPlans } = await import('./commands/plan.js')
      done(await listPlans(command.optsWithGlobals<ChainOptions>(), context))
    })
  reading(plan, 'remove', 'remove a plan that was added')
    .argument('<name>', 'its name, or its key in the list')
    .option(...chain)
    .action(async (name: string, _: unknown, command: Command) => {
      const { removePlan } = await import('./commands/plan.js')
      done(await removePlan(name, command.optsWithGlobals<ChainOptions>(), context))
    })
}
