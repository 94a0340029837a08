import { Argument, type Command, Option } from 'commander'
import { type Done, profiles } from './commandParts.js'
import type { CompletionOptions } from './commands/completion.js'
import { nameKinds } from './completion/commandTree.js'
import { type Shell, shells } from './completion/shells.js'
import type { InitOptions } from './init/InitOptions.js'
import type { ServiceOptions } from './service/planUnit.js'
import type { Context } from './Terminal.js'

// The commands for a first installation.

/** The command that writes a first configuration. */
export function addInit(program: Command, context: Context, done: Done): void {
  program
    .command('init')
    .description('write a first configuration: asks what it must know, detects the rest, and checks it')
    .option('--rpc <url>', 'RPC endpoint of the chain; "${NAME}" stays a variable of the environment')
    .option('--rest <url>', 'REST endpoint of the same chain; for Cosmos chains')
    .option(
      '--address <address>',
      'the governance contract, or "forks" to compare the forks of your nodes; the registry of WEMIX is found',
    )
    .option('--from-block <n>', 'block to read the history from (default: that of the deployment)')
    .option('--name <name>', 'what the chain is called')
    .option('--home <dir>', 'home of the node, for <dir>/data/upgrade-info.json')
    .addOption(
      new Option('--profile <profile>', 'form of that file (default: by the process manager in --home)').choices(
        profiles,
      ),
    )
    .option('--yes', 'ask nothing: use options and defaults')
    .option('--force', 'replace an existing file')
    .action(async (_: unknown, command: Command) => {
      const { init } = await import('./commands/init.js')
      done(await init(command.optsWithGlobals<InitOptions>(), context))
    })
}

/** Adds the commands that run govstream under systemd. */
export function addService(program: Command, context: Context, done: Done): void {
  const service = program.command('service').description('run it under systemd')
  const about = (name: string, description: string): Command =>
    service
      .command(name)
      .description(description)
      .option('--user', 'a user unit, which needs no root')
      .option('--environment-file <file>', 'variables of the configuration, for EnvironmentFile=')
      // Node.js 20 takes this word for an option of its own, wherever it stands, and exits if the file is missing.
      .addOption(new Option('--env-file <file>', 'as --environment-file').hideHelp())

  about('print', 'print the unit for the configuration').action(async (_: unknown, command: Command) => {
    const { servicePrint } = await import('./commands/service.js')
    done(servicePrint(command.optsWithGlobals<ServiceOptions>(), context))
  })
  about('install', 'write the unit where systemd finds it, and say what to run next')
    .option('--force', 'replace another existing unit')
    .action(async (_: unknown, command: Command) => {
      const { serviceInstall } = await import('./commands/service.js')
      done(await serviceInstall(command.optsWithGlobals<ServiceOptions>(), context))
    })
}

/** Adds the command that prints a completion script. */
export function addCompletion(program: Command, context: Context, done: Done): void {
  program
    .command('completion')
    .description('print the script that has a shell complete commands, options and their values')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    // The completion scripts call this option.
    .addOption(new Option('--names <kind>', 'names of a configuration').choices(nameKinds).hideHelp())
    .action(async (shell: Shell, _: unknown, command: Command) => {
      const { completion } = await import('./commands/completion.js')
      done(completion(shell, command.optsWithGlobals<CompletionOptions>(), program, context))
    })
}
