export const switchEvidences = [
  'chain_applied',
  'version_changed',
  'same_version_after_outage',
  'blocks_past_height',
] as const
/**
 * What proves that a node switched to the new binary: the chain's record that the plan was carried out, another
 * version, the old version after an outage, or only blocks past the height.
 */
export type SwitchEvidence = (typeof switchEvidences)[number]
