// The entry `govstream/domain`: the types of the domain and the pure functions over them. It loads no large package.
export type { Head } from './blocks/head.js'
export type { BranchSplit } from './blocks/branchSplit.js'
export type { Disagreement, ToldSide } from './proposals/disagreement.js'
export type { FailedReading, GoodReading, Reading, ReadFailure, KeyedPlanStanding } from './reading.js'
export type {
  Action,
  ProposalOrigin,
  Proposal,
  ProposalKey,
  ProposalRef,
  ProposalStatus,
  ProposalType,
  Tally,
  Vote,
} from './proposals/proposal.js'
export { isActive, isOpen, keyOf } from './proposals/proposal.js'
export type { RecalledProposals } from './proposals/archive.js'
export type { ProposalCounts } from './proposals/counts.js'
export {
  type ProposalFilter,
  type ProposalStatistics,
  selectProposals,
  statisticsOf,
} from './proposals/selectProposals.js'
export type { OwnPlan } from './plans/ownPlan.js'
export type { Plan, PlanFinding, PlanOrigin, PlanRef, PlanStanding, UnreadyNode } from './plans/plan.js'
export { extractPlan, type PlanSources } from './plans/extractPlan.js'
export { type DescribedProposal, describeProposal, type RawProposal } from './proposals/describeProposal.js'
export { cleanLine, cleanText } from './text/text.js'
export { checkPlan, type CheckPlanOptions } from './plans/checkPlan.js'
export type { Change, ChangeKind } from './proposals/change.js'
export type { JournalEntry, JournalEvent } from './journal/journalEvent.js'
export type {
  CompletionEvidence,
  FormerPlan,
  PreflightRecord,
  PlanOnFile,
  Rival,
  Upgrade,
  UpgradeQueue,
  UpgradeStatus,
} from './upgrades/upgrade.js'
export type { FilePlace } from './upgrades/filePlace.js'
export type { BlockSignature } from './upgrades/postCheck/judgeSignatures.js'
export type { PostCheck, PostCheckId, PostCheckRecord, PostVerdict } from './upgrades/postCheck/postCheck.js'
export type { SwitchEvidence } from './upgrades/switchEvidence.js'
export type { Unconsumed, UpgradeMove, VersionSwitch } from './upgrades/upgradeMove.js'
export type {
  FileNews,
  HookRun,
  CleanupOutcome,
  VouchedBy,
  WriteOutcome,
  WriteRequest,
} from './upgrades/writeOutcome.js'
export { queueOf } from './upgrades/queueOf.js'
export { type PlanOptions, type ResolvedPlanOptions, resolvePlanOptions } from './upgrades/planOptions.js'
export type {
  Notification,
  NotificationDataOf,
  NotificationEvent,
  NotificationOf,
  Priority,
  NotificationBase,
} from './notifications/notification.js'
export { defaultPriorities, proposalIdOf } from './notifications/notification.js'
export type { EndpointApi, EndpointScore } from './endpointScore.js'
export type { Health, HealthState } from './health.js'
export type { ChainState, Announcement, TouchedKeys, Turn } from './chainState.js'
export { type BlockTime, etaOf, secondsPerBlock, stepBlockTime, type BlockSample } from './blocks/blockTime.js'
export { newChain } from './newChain.js'
export type { Attendance, CouncilRule, OwnVote } from './proposals/attendance.js'
export type { TallyChoice } from './proposals/quorumCounts.js'
export type { RemindOptions } from './notifications/stepRemind.js'
export type { VoteReminder } from './notifications/voteReminder.js'
export type { AnnounceOptions } from './notifications/announcement.js'
export type { DiffOptions } from './proposals/stepDiff.js'
export type { HealthOptions } from './stepHealth.js'
export type { RetentionOptions } from './proposals/pruneProposals.js'
export {
  BaseError,
  ConfigError,
  type ConfigIssue,
  DeliveryError,
  RemoteError,
  ListenError,
  SlowReaderError,
  SourceError,
  StageError,
  StoreError,
  type FailureKind,
} from './errors.js'
export type { ChainClock } from './blocks/chainClock.js'
export type {
  CouncilData,
  DueData,
  PlanData,
  ProposalData,
  ReminderData,
  TallyData,
} from './notifications/events/proposalData.js'
export type { ReminderEvent } from './notifications/events/voteEvents.js'
export type {
  ImminentData,
  RefusedData,
  RescheduledData,
  SwitchData,
  UnconsumedData,
  UpgradeCause,
  UpgradeData,
} from './notifications/events/upgradeData.js'
export type { NotificationDataByEvent, ProposalEvent } from './notifications/events/eventCatalogue.js'
export type { ChannelData } from './notifications/events/channelEvents.js'
export type { LeftoverData } from './notifications/events/fileEvents.js'
export type { HookData } from './notifications/events/hookEvents.js'
export type { PreflightData } from './notifications/events/preflightEvents.js'
export type { SilenceData } from './notifications/events/silenceEvents.js'
export type { DisagreementData } from './notifications/events/disagreementTexts.js'
export type { HealthData } from './notifications/events/sourceEvents.js'
export type { RebuiltData } from './notifications/events/stateEvents.js'
export type { RebuiltState } from './notifications/announceRebuilt.js'
export type { PlanFaults } from './plans/binaryFindings.js'
export type { ClassifyRule } from './proposals/classify.js'
export type { Json, JsonObject } from './text/json.js'
export type { Labels } from './labels.js'
export type { Metadata } from './proposals/metadata.js'
export type { Bundle, HeldDelivery, Match, Pace, Routing, RoutingMoment, Silence } from './notifications/routing.js'
export type { LivingPost } from './notifications/stepEdits.js'
export type { SubjectStanding } from './notifications/messageText.js'
export type { ChannelTry, Outage } from './notifications/outage.js'
export type { Reminder } from './upgrades/reminder.js'
export type { Check, CheckId, Preflight, Verdict } from './readiness/check.js'
