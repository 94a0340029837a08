/** `MsgSoftwareUpgrade`. */
export function upgradeMessage(name: string, height: number, info = ''): Readonly<Record<string, unknown>> {
  return {
    '@type': '/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade',
    authority: 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn',
    plan: { name, time: '0001-01-01T00:00:00Z', height: String(height), info, upgraded_client_state: null },
  }
}

/** A legacy proposal in the form of v1. */
export function legacyMessage(
  type: string,
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    '@type': '/cosmos.gov.v1.MsgExecLegacyContent',
    authority: 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn',
    content: { '@type': type, title: 'A title of old', description: 'A description of old', ...fields },
  }
}
