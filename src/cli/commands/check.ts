import { assembleChain, type ChainDeps } from '../../monitor/chain/assembleChain.js'
import type { PushReport } from '../../monitor/chain/pushOf.js'
import { type EndpointReport, inspectEndpoints } from '../../monitor/inspectEndpoints.js'
import { inspectFile } from '../../monitor/inspectFile.js'
import { type HandlerReport, inspectHandlers } from '../../monitor/inspectHandlers.js'
import { inspectPlaces } from '../../monitor/inspectPlaces.js'
import { inspectPlans } from '../../monitor/inspectPlans.js'
import { inspectPosts } from '../../monitor/inspectPosts.js'
import { inspectRoutes } from '../../monitor/inspectRoutes.js'
import { inspectTemplates } from '../../monitor/inspectTemplates.js'
import { inspectValidator, type ValidatorReport } from '../../monitor/inspectValidator.js'
import { createServerAccess } from '../../monitor/createServerAccess.js'
import type { ChainConfig, Config } from '../../config/schema.js'
import { systemsWithRest } from '../../config/systems.js'
import { defined } from '../../domain/defined.js'
import { ConfigError, reasonOf, SourceError } from '../../domain/errors.js'
import { countText } from '../../domain/notifications/phrases.js'
import { redactUrl } from '../../domain/secrets/redact.js'
import type { GovernanceReader, SystemReport } from '../../sources/governance/GovernanceReader.js'
import { inspectState, type StateReport } from '../../store/inspectState.js'
import type { HomeReport } from '../../sinks/upgradeInfo/inspectHome.js'
import { exitCodes } from '../exitCodes.js'
import type { CheckOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { paint } from '../output/paint.js'
import { printJson } from '../output/printJson.js'
import { startConfig } from '../startConfig.js'
import type { Context } from '../Terminal.js'
import { checkView } from '../../views/checkView.js'
import { identify } from './identify.js'

interface Problem {
  readonly message: string
  /** True if a retry may succeed. */
  readonly temporary: boolean
}

interface Finding {
  readonly chain: ChainConfig
  readonly reports: readonly SystemReport[]
  /** A report of each endpoint. */
  readonly endpoints: readonly EndpointReport[]
  /** The upgrade-info file, if it is to be written. */
  readonly file?: HomeReport
  /** Whether new heads are pushed, if that is configured. */
  readonly pushes?: PushReport
  /** Whether `monitor.validator` signs blocks, if it is configured. */
  readonly validator?: ValidatorReport
  readonly problem?: Problem
}

/**
 * Validates the configuration, then checks the state, the addresses of the handlers, and every chain and contract, and
 * reports what it found. With `--address`, or with only a URL, it identifies that instead.
 */
export async function check(options: CheckOptions, context: Context): Promise<number> {
  if (options.governor === undefined && (options.address !== undefined || isUrlAlone(options)))
    return identify(options, context)
  const { address, ...start } = options
  if (address !== undefined)
    throw new ConfigError([
      { path: '--address', message: 'expected without --governor, which names the contract and what it is' },
    ])
  const { terminal } = context
  const found = await lookAtAll(startConfig(start), context)
  const besides = problemsBesides(found)
  if (options.json === true) {
    printJson(
      terminal,
      found.chains.map((finding) => checkView({ ...finding, chain: finding.chain.name })),
    )
    // The JSON document covers only the chains.
    const notes = [...warningsIn(found), ...besides.map(({ message }) => message)]
    for (const note of notes) terminal.note(foldLines(note, terminal.noteWidth))
  } else terminal.out(foldLines(findingsText(found, terminal.color), terminal.width))

  const problems = [...besides, ...found.chains.flatMap(({ problem }) => problem ?? [])]
  if (problems.length === 0) return exitCodes.done
  return problems.every(({ temporary }) => temporary) ? exitCodes.temporary : exitCodes.failed
}

interface Findings {
  readonly chains: readonly Finding[]
  readonly state: StateReport
  readonly handlers: readonly HandlerReport[]
  /** What the routes may not mean: events that match none, handlers that none names. */
  readonly routes: readonly string[]
  /** Templates that cannot be filled. */
  readonly templates: readonly string[]
  /** Plans of the operator that are not applied, by chain. */
  readonly unheeded: ReadonlyMap<string, readonly string[]>
  /** Handlers that have the same place. */
  readonly places: readonly string[]
  /** What was posted and is not closed any more. */
  readonly strays: readonly string[]
}

async function lookAtAll(config: Config, { now, signal }: Context): Promise<Findings> {
  const outside = createServerAccess(config)
  const state = inspectState(config.state, now())
  const [chains, handlers] = await Promise.all([
    Promise.all(config.chains.map((chain) => checkChain(chain, { now, ...outside, signal }))),
    inspectHandlers(config, outside, signal),
  ])
  return {
    chains,
    state,
    handlers,
    routes: inspectRoutes(config),
    templates: inspectTemplates(config, now()),
    unheeded: inspectPlans(config),
    places: inspectPlaces(config),
    strays: inspectPosts(config),
  }
}

/** Returns the problems of state and handlers. */
function problemsBesides({ state, handlers }: Findings): readonly Problem[] {
  return [
    ...(state.problem === undefined ? [] : [{ message: state.problem, temporary: state.temporary === true }]),
    ...handlers.flatMap(({ problem, temporary = false }) =>
      problem === undefined ? [] : [{ message: problem, temporary }],
    ),
  ]
}

/** Returns what deserves a look though it is no error. */
function warningsIn({ chains, routes, templates, unheeded, places, strays }: Findings): readonly string[] {
  return [
    ...chains.flatMap(({ chain, validator }) =>
      validator?.isDoubtful === true ? [`${chain.name}: ${validator.summary}`] : [],
    ),
    ...routes,
    ...templates,
    ...places,
    ...strays.map((note) => `${note}.`),
    ...[...unheeded].flatMap(([chain, notes]) => notes.map((note) => `${chain}: ${note}`)),
  ]
}

function findingsText(found: Findings, color: boolean): string {
  const { chains, state, handlers } = found
  return [
    'The configuration is valid.',
    ...[state, ...handlers].map((report) => reportText(report, color)),
    ...warningsIn(found).map((warning) => `${paint('warning', 'yellow', color)}: ${warning}`),
    ...chains.map((finding) => findingText(finding, color)),
  ].join('\n')
}

function isUrlAlone({ rpc, config, home, profile, state }: CheckOptions): boolean {
  return rpc !== undefined && [config, home, profile, state].every((option) => option === undefined)
}

async function checkChain(
  chain: ChainConfig,
  { signal, ...deps }: ChainDeps & Pick<Context, 'signal'>,
): Promise<Finding> {
  const file = await inspectFile(chain.upgradeInfo, deps.now())
  const written = file === undefined ? {} : { file }
  try {
    const { reader, push, nodes, servers } = assembleChain(chain, deps)
    const looked = inspectEndpoints({ nodes, servers }, signal)
    const [reports, pushes] = await Promise.all([reader.check(signal), push?.inspect(signal)])
    const endpoints = await looked
    const validator = await lookAtValidator(
      chain,
      { nodes, readMembers: (asked) => reader.readMembers(asked) },
      endpoints,
      signal,
    )
    const unpushed = pushes?.problem === undefined ? undefined : { message: pushes.problem, temporary: true }
    const unwritten = file?.problem === undefined ? undefined : { message: file.problem, temporary: false }
    const problem = unwritten ?? tooFew(chain, endpoints) ?? unpushed
    return { chain, reports, endpoints, ...written, ...defined({ pushes, validator, problem }) }
  } catch (error) {
    // The file is checked without the chain, so its problem is reported too.
    const message = [reasonOf(error), ...(file?.problem === undefined ? [] : [file.problem])].join(' ')
    const temporary = file?.problem === undefined && error instanceof SourceError && error.kind === 'transient'
    return { chain, reports: [], endpoints: [], ...written, problem: { message, temporary } }
  }
}

async function lookAtValidator(
  { monitor: { validator } }: ChainConfig,
  { nodes, readMembers }: { readonly nodes: readonly GovernanceReader[] } & Pick<GovernanceReader, 'readMembers'>,
  endpoints: readonly EndpointReport[],
  signal: AbortSignal,
): Promise<ValidatorReport | undefined> {
  if (validator === undefined) return undefined
  // The operator's own node comes first, and may be behind the others: it does not have their newest blocks.
  const [head = 0n] = endpoints.flatMap((endpoint) => endpoint.head ?? [])
  return inspectValidator({ validator, nodes, head, readMembers }, signal)
}

/** Reports if fewer endpoints answer than must agree, because nothing is written then. */
function tooFew(
  { rpc: { agreement, urls }, governance: { rest, system } }: ChainConfig,
  endpoints: readonly EndpointReport[],
): Problem | undefined {
  const hosts = (systemsWithRest.includes(system) ? rest : urls).map((url) => new URL(url).host)
  const good = endpoints.filter(({ host, problem }) => problem === undefined && hosts.includes(host)).length
  if (agreement === 1 || good >= agreement) return undefined
  const faults = endpoints.flatMap(({ problem }) => problem ?? [])
  const message = `${good} of ${hosts.length} endpoints answer, and ${agreement} must agree (rpc.agreement) before an upgrade is acted on. ${faults.join(' ')}`
  return { message, temporary: true }
}

function reportText({ summary, problem }: Pick<StateReport, 'summary' | 'problem'>, color: boolean): string {
  return problem === undefined ? summary : `${paint('failed', 'red', color)}. ${problem}`
}

function findingText({ chain, reports, endpoints, file, pushes, validator, problem }: Finding, color: boolean): string {
  const { name, rpc } = chain
  if (problem !== undefined) return `${name}: ${paint('failed', 'red', color)}. ${problem.message}`
  const silent = new Set(endpoints.flatMap(({ host, problem: fault }) => (fault === undefined ? [] : [host])))
  const hosts = rpc.urls.filter((url) => !silent.has(new URL(url).host)).map(redactUrl)
  // With a single endpoint, its line would only repeat the chain's.
  const several = rpc.urls.length > 1 || chain.governance.rest.length > 1 ? endpoints : []
  return [
    `${name}: ${paint('reached', 'green', color)} through ${hosts.join(', ')}`,
    ...several.map((endpoint) => `  ${endpointText(endpoint, color)}`),
    ...reports.map(({ contract, summary }) => `  ${contract}: ${summary}`),
    ...(pushes === undefined ? [] : [`  ${pushes.summary}`]),
    // A doubtful one is among the warnings.
    ...(validator === undefined || validator.isDoubtful ? [] : [`  ${validator.summary}`]),
    ...(file === undefined ? [] : [`  ${file.summary}`]),
  ].join('\n')
}

function endpointText({ host, head, behind = 0n, latencyMs, problem }: EndpointReport, color: boolean): string {
  if (problem !== undefined) return `${host}: ${paint('warning', 'yellow', color)}: ${problem}`
  const where = head === undefined ? 'answers' : `block ${countText(head)}`
  // One new block may appear while they are queried.
  const lag = behind > 1n ? `, ${countText(behind)} behind` : ''
  return `${host}: ${where}${lag}${latencyMs === undefined ? '' : `, in ${Math.round(latencyMs)} ms`}`
}
