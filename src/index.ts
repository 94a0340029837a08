// Putting it all together.
export { createMonitor } from './monitor.js'
export type { Monitor, MonitorDeps, Snapshot, SyncResult } from './monitor/Monitor.js'
export type { ExtractPlan } from './monitor/findPlanOf.js'

// Configuration.
export { loadConfig } from './config/loadConfig.js'
export { parseConfig } from './config/parseConfig.js'
export type { Config, ConfigInput } from './config/schema.js'

// Sources.
export { createReader, type ReaderOptions, type SyncProgress } from './sources/createReader.js'
export { createHttpEndpoints, type HttpEndpoint, type HttpEndpointOptions } from './sources/http/createHttpEndpoints.js'
export {
  createEndpoints,
  type Endpoint,
  type EndpointOptions,
  endpointsOf,
  type HostClient,
} from './sources/rpc/createEndpoints.js'
export type {
  GovernanceParameters,
  GovernanceReader,
  Member,
  ReadRequest,
  SystemReport,
} from './sources/governance/GovernanceReader.js'
export { pollEvery, type PollOptions } from './sources/pollEvery.js'
export { type HeadReading, pollHeads, type PollHeadsOptions } from './sources/pollHeads.js'
export { pollProposals, type PollProposalsOptions } from './sources/pollProposals.js'

// Streams: the stages that every turn walks through, the fold around them, and the views of what comes out.
export { announce } from './streams/announce.js'
export { assessHealth } from './streams/assessHealth.js'
export { diffProposals } from './streams/diffProposals.js'
export type { ChainEvent, Draft } from './streams/draft.js'
export { followHead } from './streams/followHead.js'
export { forgetOld } from './streams/forgetOld.js'
export { ignoreOlder } from './streams/ignoreOlder.js'
export { line, type LineOptions, type Stages, stagesOf } from './streams/line.js'
export { planUpgrades } from './streams/planUpgrades.js'
export { shareState } from './streams/shareState.js'
export { type Stage, stage } from './streams/stage.js'
export {
  changes,
  heads,
  health,
  type KnownStates,
  notifications,
  type ProposalState,
  trackProposals,
  trackUpgrades,
} from './streams/views.js'
export { watchChain, type WatchPorts } from './streams/watchChain.js'

// Sinks.
export {
  archiveUpgradeInfo,
  type ArchiveOutcome,
  type ArchiveUpgradeInfo,
} from './sinks/upgradeInfo/archiveUpgradeInfo.js'
export { removeUpgradeInfo, type RemoveOutcome, type RemoveUpgradeInfo } from './sinks/upgradeInfo/removeUpgradeInfo.js'
export { type WriteUpgradeInfo, writeUpgradeInfo } from './sinks/upgradeInfo/writeUpgradeInfo.js'
export { openStore, type StoreOptions } from './store/openStore.js'
export type { AuditEntry, DeadLetter, NotificationStats, OutboxItem, Route, StatusMove, Store } from './store/Store.js'
export type { LogWriter } from './channels/Channel.js'
export type { HandlerFilter } from './channels/filter.js'
export type { Handler } from './channels/Handler.js'
export { logHandler, type LogHandlerOptions } from './channels/log.js'
export { webhookHandler, type WebhookOptions } from './channels/webhook.js'
export { deliverDue } from './sinks/outbox/deliverDue.js'
export { deliverOutbox, type DeliverOutboxOptions } from './sinks/outbox/deliverOutbox.js'

// The vocabulary.
export type { Head } from './domain/blocks/head.js'
export type { FailedReading, GoodReading, Reading, ReadFailure } from './domain/reading.js'
export type {
  Action,
  Origin,
  Proposal,
  ProposalKey,
  ProposalRef,
  ProposalStatus,
  ProposalType,
  Tally,
  Vote,
} from './domain/proposals/proposal.js'
export { isActive, isOpen, keyOf } from './domain/proposals/proposal.js'
export {
  type ProposalFilter,
  type ProposalStatistics,
  selectProposals,
  statisticsOf,
} from './domain/proposals/selectProposals.js'
export type { Plan, PlanFinding, PlanOrigin } from './domain/plans/plan.js'
export { extractPlan, type PlanSources } from './domain/plans/extractPlan.js'
export { type Described, describeProposal, type RawProposal } from './domain/proposals/describeProposal.js'
export { cleanLine, cleanText } from './domain/text/text.js'
export { checkPlan } from './domain/plans/checkPlan.js'
export type { Change } from './domain/proposals/change.js'
export type {
  Evidence,
  FileNews,
  HookRun,
  PlanOnFile,
  Removal,
  Upgrade,
  UpgradeMove,
  UpgradeQueue,
  UpgradeStatus,
  WriteOutcome,
} from './domain/upgrades/upgrade.js'
export { queueOf } from './domain/upgrades/queueOf.js'
export { type PlanOptions, type Scheduling, withDefaults } from './domain/upgrades/scheduling.js'
export type {
  Notification,
  NotificationDataOf,
  NotificationEvent,
  Priority,
} from './domain/notifications/notification.js'
export { defaultPriorities, proposalIdOf } from './domain/notifications/notification.js'
export type { Health, HealthState } from './domain/health.js'
export type { ChainState, Telling, Turn } from './domain/chainState.js'
export { type BlockTime, etaOf, secondsPerBlock, stepBlockTime } from './domain/blocks/blockTime.js'
export { newChain } from './domain/newChain.js'
export type { AnnounceOptions } from './domain/notifications/stepAnnounce.js'
export type { DiffOptions } from './domain/proposals/stepDiff.js'
export type { HealthOptions } from './domain/stepHealth.js'
export type { Bounds } from './domain/proposals/pruneProposals.js'
export {
  BaseError,
  ConfigError,
  type ConfigIssue,
  DeliveryError,
  SourceError,
  StageError,
  StoreError,
} from './domain/errors.js'
