import { Command, Option } from 'commander'
import { proposalStatuses, proposalTypes } from '../domain/proposals/proposal.js'
import { alone, chain, count, type Done, json, limit, profiles, reading } from './commandParts.js'
import type { AuditOptions } from './commands/audit.js'
import type { NotificationsOptions } from './commands/notifications.js'
import type { NotifyOptions, PreviewOptions } from './commands/notify.js'
import type { PreflightOptions } from './commands/preflight.js'
import type { ProposalsOptions } from './commands/proposals.js'
import type { ReplayCommandOptions } from './commands/replay.js'
import type { StatusOptions } from './commands/status.js'
import type { UpgradesOptions } from './commands/upgrades.js'
import { type CheckOptions, defaultConfigFile, type ReadOptions, type StartOptions } from './options.js'
import { addExamples } from './examples.js'
import { addCompletion, addInit, addService } from './firstSteps.js'
import { foldLines } from './output/foldLines.js'
import { readVersion } from '../config/readVersion.js'
import { addPlans, addSilences } from './standingOrders.js'
import type { WatchOptions } from './commands/watch.js'
import type { Context } from './Terminal.js'

/**
 * Creates the command line. Each command is loaded when it is called, so that no command waits for modules of another.
 * `done` is called with the exit code of the command.
 */
export function createProgram(context: Context, done: Done): Command {
  const program = new Command('govstream')
    .description(
      'Watches on-chain governance, schedules the upgrades that pass, writes upgrade-info.json and notifies people.',
    )
    .version(readVersion())
    .option('--config <file>', `configuration (default: ${defaultConfigFile})`)
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.out(text.trimEnd()),
      writeErr: (text) => context.terminal.note(foldLines(text.trimEnd(), context.terminal.noteWidth)),
    })

  addInit(program, context, done)
  addStarting(program, context, done)
  addReading(program, context, done)
  addTrust(program, context, done)
  addInbox(program, context, done)
  addNotify(program, context, done)
  addSilences(program, context, done)
  addPlans(program, context, done)
  addDemo(program, context, done)
  addService(program, context, done)
  addCompletion(program, context, done)
  addExamples(program)
  return program
}

/** Adds the commands that connect to a chain. */
function addStarting(program: Command, context: Context, done: Done): void {
  const start = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--rpc <url>', 'without a file: RPC endpoint of the chain')
      .option('--governor <address>', 'without a file: the Governor to watch')
      .option('--home <dir>', 'without a file: home of the node, for <dir>/data/upgrade-info.json')
      .addOption(new Option('--profile <profile>', 'without a file: form of upgrade-info.json').choices(profiles))
      .option('--state <file>', 'without a file: the state (default: ./govstream.db)')

  start('run', 'poll, schedule, write and notify until a signal').action(async (_: unknown, command: Command) => {
    const { run } = await import('./commands/run.js')
    done(await run(command.optsWithGlobals<StartOptions>(), context))
  })
  start('sync', 'one full poll of every chain, deliver what is due, exit')
    .option(...json)
    .action(async (_: unknown, command: Command) => {
      const { sync } = await import('./commands/sync.js')
      done(await sync(command.optsWithGlobals<StartOptions>(), context))
    })
  start('check', 'validate the configuration, reach every chain and contract')
    .option(...json)
    .option('--address <address>', 'with --rpc: say what this contract is')
    .action(async (_: unknown, command: Command) => {
      const { check } = await import('./commands/check.js')
      done(await check(command.optsWithGlobals<CheckOptions>(), context))
    })
}

/** Adds the commands that check an upgrade before its height. */
function addTrust(program: Command, context: Context, done: Done): void {
  program
    .command('preflight')
    .description('check what the next upgrades need: binary, disk, clock, file, node')
    .argument('[upgrade]', 'only this one: its name or its key')
    .option(...json)
    .action(async (upgrade: string | undefined, _: unknown, command: Command) => {
      const { preflight } = await import('./commands/preflight.js')
      done(await preflight(upgrade, command.optsWithGlobals<PreflightOptions>(), context))
    })
  program
    .command('replay')
    .description('replay the history of a chain: what this configuration would have done, and why; sends nothing')
    .requiredOption('--chain <name>', 'the chain')
    .requiredOption('--from <block>', 'the first block to replay')
    .requiredOption('--to <block>', 'the last one')
    .option(...json)
    .action(async (_: unknown, command: Command) => {
      const { replay } = await import('./commands/replay.js')
      done(await replay(command.optsWithGlobals<ReplayCommandOptions>(), context))
    })
}

/** Adds the commands that show the state. */
function addReading(program: Command, context: Context, done: Done): void {
  reading(program, 'status', 'the state of each chain, and its next upgrade')
    .option(
      '--exit-code',
      'exit with 0 if all is well, 1 if a chain is down, stalled or not watched, 75 if one was never read',
    )
    .action(async (_: unknown, command: Command) => {
      const { status } = await import('./commands/status.js')
      done(await status(command.optsWithGlobals<StatusOptions>(), context))
    })
  program
    .command('watch')
    .description('a live view: chains, the next upgrade, votes, events; one line per event without a terminal')
    .option('--state <file>', 'watch this state file; needs no configuration')
    .option(
      '--url <url>',
      'a govstream elsewhere that serves http; its token is read from GOVSTREAM_TOKEN, or http.tokens.read of --config',
    )
    .action(async (_: unknown, command: Command) => {
      const { watch } = await import('./commands/watch.js')
      done(await watch(command.optsWithGlobals<WatchOptions>(), context))
    })
  reading(program, 'proposals', 'the tracked proposals; with an id, one in full')
    .argument('[id]', 'one proposal in full; the start of a long id is enough')
    .addOption(new Option('--status <status>', 'only in this status').choices(proposalStatuses))
    .addOption(new Option('--type <type>', 'only of this type').choices(proposalTypes))
    .option('--active', 'only those that are still open')
    .option(...chain)
    .option(...limit)
    .action(async (id: string | undefined, _: unknown, command: Command) => {
      const { proposals } = await import('./commands/proposals.js')
      done(await proposals(id, command.optsWithGlobals<ProposalsOptions>(), context))
    })
  reading(program, 'upgrades', 'upgrades in the vote, then the queue in height order, then the finished ones')
    .option(...chain)
    .option(...limit)
    .action(async (_: unknown, command: Command) => {
      const { upgrades } = await import('./commands/upgrades.js')
      done(await upgrades(command.optsWithGlobals<UpgradesOptions>(), context))
    })
}

const inboxModes = ['read', 'stats', 'failed', 'resend', 'dead', 'redeliver'] as const

function otherModes(...same: readonly (typeof inboxModes)[number][]): readonly string[] {
  return inboxModes.filter((mode) => !same.includes(mode))
}

/** Adds the commands that show what was done and announced. */
function addInbox(program: Command, context: Context, done: Done): void {
  reading(program, 'notifications', 'the inbox')
    .option('--unread', 'only unread ones')
    .option('--limit <n>', 'at most this many (default: 50, and all of them in JSON)', count)
    .addOption(alone('--read <id>', 'mark as read: one id, or all', otherModes('read')))
    .addOption(alone('--stats', 'counts only', otherModes('stats')))
    .addOption(alone('--failed', 'what could not be delivered so far', otherModes('failed', 'dead')))
    .addOption(
      alone(
        '--resend <id>',
        'send again what failed, given up or not: one id, or all',
        otherModes('resend', 'redeliver'),
      ),
    )
    .addOption(alone('--dead', 'as --failed', otherModes('failed', 'dead')).hideHelp())
    .addOption(alone('--redeliver <id>', 'as --resend', otherModes('resend', 'redeliver')).hideHelp())
    .action(async (_: unknown, command: Command) => {
      const { notifications } = await import('./commands/notifications.js')
      done(await notifications(command.optsWithGlobals<NotificationsOptions>(), context))
    })
  reading(program, 'audit', 'what was done and why, newest first')
    .option(...chain)
    .option('--limit <n>', 'at most this many (default: 50)', count)
    .action(async (_: unknown, command: Command) => {
      const { audit } = await import('./commands/audit.js')
      done(await audit(command.optsWithGlobals<AuditOptions>(), context))
    })
  reading(program, 'explain', 'why something was or was not scheduled, written and sent')
    .argument('<key>', 'key of a proposal or an upgrade; or its id or name, if unique')
    .action(async (key: string, _: unknown, command: Command) => {
      const { explain } = await import('./commands/explain.js')
      done(await explain(key, command.optsWithGlobals<ReadOptions>(), context))
    })
}

/** Adds the commands that test notifications. */
function addNotify(program: Command, context: Context, done: Done): void {
  const notify = program.command('notify').description('test the handlers, and preview notifications')
  notify
    .command('test')
    .description('send a handler, or all, one notification marked [TEST], and say what the service answered')
    .argument('<name>', 'name of a handler, or all')
    .option(...json)
    .action(async (name: string, _: unknown, command: Command) => {
      const { notifyTest } = await import('./commands/notify.js')
      done(await notifyTest(name, command.optsWithGlobals<NotifyOptions>(), context))
    })
  notify
    .command('preview')
    .description('show an example of the notification of an event; nothing is sent')
    .argument('<event>', 'such as upgrade_scheduled')
    .option('--handler <name>', 'with the templates of this handler, and what it would send')
    .option('--html', 'the HTML of the mail')
    .option(...json)
    .action(async (event: string, _: unknown, command: Command) => {
      const { notifyPreview } = await import('./commands/notify.js')
      done(await notifyPreview(event, command.optsWithGlobals<PreviewOptions>(), context))
    })
}

function addDemo(program: Command, context: Context, done: Done): void {
  program
    .command('demo')
    .description('the whole story on a local chain it starts itself')
    .action(async () => {
      const { demo } = await import('./commands/demo.js')
      done(await demo(context))
    })
}
