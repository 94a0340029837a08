// Putting it all together.
export { createMonitor } from './monitor.js'
export type { Monitor, MonitorDeps, Snapshot, SyncResult } from './monitor/Monitor.js'
export type { ExtractPlan } from './monitor/chain/findPlanOf.js'
export { watchGovernor, type WatchGovernorOptions } from './watchGovernor.js'

// Configuration.
export { loadConfig } from './config/loadConfig.js'
export { parseConfig } from './config/parseConfig.js'
export type { ConfigDifference, NamedDifference } from './config/differenceOf.js'
export type { Config, ConfigInput } from './config/schema.js'

// These modules also have entry points of their own, which run in a browser.
export * from './sources/index.js'
export * from './remote/index.js'
export * from './streams/index.js'
export * from './domain/index.js'

// The HTTP client of the monitor, for custom sources that need proxy support and size limits.
export { createHttpClient, type HttpClientOptions } from './transport/createHttpClient.js'

// Sinks.
export {
  archiveUpgradeInfo,
  type ArchiveOutcome,
  type ArchiveUpgradeInfo,
} from './sinks/upgradeInfo/archiveUpgradeInfo.js'
export { removeUpgradeInfo, type RemoveOutcome, type RemoveUpgradeInfo } from './sinks/upgradeInfo/removeUpgradeInfo.js'
export { type WriteUpgradeInfo, writeUpgradeInfo, type WriteContext } from './sinks/upgradeInfo/writeUpgradeInfo.js'
export { openStore, type StoreOptions } from './store/openStore.js'
export type { Migration } from './store/file/migrate.js'
export type { JournalStore } from './store/JournalStore.js'
export type { AddedPlan, PlanStore } from './store/PlanStore.js'
export type {
  DeadLetter,
  DeliveryStore,
  EditNote,
  DeliveryStanding,
  FailedDelivery,
  FailedKey,
  FailedTry,
  MissedEnd,
  OutboxItem,
  StrayPost,
} from './store/DeliveryStore.js'
export type {
  AuditEntry,
  ChainOutline,
  EmbeddedStore,
  NotificationStats,
  ProposalOrder,
  NotificationRoute,
  ProposalSelection,
  StatusMove,
  Store,
  TrackedCounts,
  RecallRequest,
  EndedSilence,
} from './store/Store.js'
export type { SteadyClock } from './store/steadyClock.js'
export type { LogWriter, LogLevel, SendRate } from './channels/Channel.js'
export type { HandlerFilter } from './channels/filter.js'
export type { EditContext, Handler, HandlerContext } from './channels/Handler.js'
export { logHandler, type LogHandlerOptions } from './channels/log.js'
export { webhookHandler, type WebhookOptions } from './channels/webhook.js'
export { deliverDue } from './sinks/outbox/deliverDue.js'
export { createPacer, type Pacer } from './sinks/outbox/createPacer.js'
export { deliverOutbox, type DeliverOutboxOptions } from './sinks/outbox/deliverOutbox.js'
export type { Environment } from './config/environment.js'
export type { ConflictOptions } from './config/findConflicts.js'
export type { DeliveryReport } from './sinks/outbox/DeliveryReport.js'
export type {
  EditFailure,
  OutboxLane,
  OutboxOptions,
  OutboxStore,
  OutboxReceiver,
  VoteSource,
} from './sinks/outbox/OutboxOptions.js'
export type { UpgradeInfoOptions, UpgradeInfoProfile } from './sinks/upgradeInfo/UpgradeInfoProfile.js'
export type { DnsLookup } from './transport/boundedLookup.js'
export type { Proxies } from './transport/proxyFor.js'
