import { unfitReason } from './binaryFormat.js'
import { type Check, notReady, ready, unknown } from './check.js'
import type { Machine } from './machine.js'
import type { StagedBinary, Staging } from './staging.js'

/** Judges whether the binary is where its process manager looks for it, and whether this machine can run it. */
export function judgeStaging(staging: Staging, machine: Machine): readonly Check[] {
  return staging.kind === 'binary' ? judgeBinary(staging, machine) : [judgeAbsence(staging)]
}

function judgeBinary(staged: StagedBinary, machine: Machine): readonly Check[] {
  const { path, format, size } = staged
  const problem = unfitReason(format, size, machine)
  return [
    judgePlace(staged),
    problem === undefined
      ? ready('platform', format.kind === 'script' ? `${path} is a script.` : `${path} is for this machine.`)
      : notReady('platform', `${path} ${problem}.`, 'Put the binary for this machine there.'),
  ]
}

function judgePlace({ path, mayBeRun, current }: StagedBinary): Check {
  if (!mayBeRun)
    return notReady('binary', `${path} may not be run by the owner of the home.`, `Run: chmod +x '${path}'`)
  const staged = `${path} is there and may be run`
  if (current === undefined) return ready('binary', `${staged}.`)
  switch (current) {
    case 'dangling':
      return notReady(
        'binary',
        `${staged}, but cosmovisor/current is a link that leads nowhere: cosmovisor cannot replace it.`,
        'Remove the link cosmovisor/current, or let it lead to the directory of the binary that runs now.',
      )
    case 'no-link':
      return notReady(
        'binary',
        `${staged}, but cosmovisor/current is not a link: cosmovisor cannot replace it.`,
        'Move it away, and make it a link to the directory of the binary that runs now.',
      )
    case 'switched':
      return notReady(
        'binary',
        `${staged}, but cosmovisor/current leads to it already: the node runs it before the height, or will at its next start.`,
        'Let cosmovisor/current lead to the directory of the binary that the chain runs now.',
      )
  }
}

function judgeAbsence(staging: Exclude<Staging, StagedBinary>): Check {
  switch (staging.kind) {
    case 'no-home':
      return unknown(
        'binary',
        'No home of the node is configured: where its binaries are is not known.',
        'Set upgradeInfo.home.',
      )
    case 'in-release':
      return unknown(
        'binary',
        'The program of the node holds several versions and switches by itself: whether it knows this one is not seen from here.',
        'Run a release whose notes name this version, before the height.',
      )
    case 'in-nodes':
      return staging.unready.length === 0
        ? ready('binary', 'Every node that reports its configuration knows it.')
        : notReady(
            'binary',
            staging.unready.map(({ reason }) => reason).join(' '),
            'Update these nodes before then, or find out whether the others are wrong.',
          )
    case 'unusable-name':
      return notReady('binary', staging.problem, 'Stage the binary by hand, and do not rely on the process manager.')
    case 'no-layout':
      return unknown(
        'binary',
        `Which process manager looks into ${staging.home} is not known: ${staging.present.length === 0 ? 'it holds neither cosmovisor nor wemixvisor' : 'it holds both cosmovisor and wemixvisor'}.`,
        'Set preflight.layout to cosmovisor or wemixvisor.',
      )
    case 'unreadable':
      return unknown(
        'binary',
        `${staging.path} cannot be read: ${staging.reason}.`,
        'Let the user that govstream runs as read it.',
      )
    case 'no-root':
      return notReady(
        'binary',
        `${staging.root} does not exist: ${staging.layout} looks for its binaries in it.`,
        'Check upgradeInfo.home and preflight.layout.',
      )
    case 'no-directory':
      return judgeNoDirectory(staging)
    case 'no-daemon':
      return unknown(
        'binary',
        `What the binary is called is not known: ${staging.genesis} holds ${staging.names.length === 0 ? 'none' : staging.names.join(', ')}.`,
        'Set preflight.daemon to the name of the binary.',
      )
    case 'no-binary':
      return judgeHalfMade(staging)
    case 'no-file':
      return notReady('binary', `${staging.path} is no regular file.`, `Put the new binary at ${staging.path}.`)
  }
}

function judgeNoDirectory({
  layout,
  directory,
  daemon,
  alike,
}: Extract<Staging, { readonly kind: 'no-directory' }>): Check {
  if (alike !== undefined)
    return notReady(
      'binary',
      `There is a directory ${alike}, but ${layout} looks for ${directory}.`,
      `Rename it to ${directory.slice(directory.lastIndexOf('/') + 1)}${layout === 'cosmovisor' ? ', unless COSMOVISOR_DISABLE_RECASE=true is set' : ''}.`,
    )
  return notReady(
    'binary',
    `The new binary is not staged: ${directory} does not exist.`,
    `Put the binary at ${directory}/bin/${daemon ?? '<name of the binary>'} in one step: make the directory under another name, then rename it.`,
  )
}

function judgeHalfMade({ layout, directory, path, names }: Extract<Staging, { readonly kind: 'no-binary' }>): Check {
  const instead = names.length === 0 ? '' : `; there is ${names.join(', ')} instead`
  const besides = layout === 'cosmovisor' ? ' cosmovisor downloads nothing into a directory that exists.' : ''
  return notReady(
    'binary',
    `${directory} is half made: ${path} does not exist${instead}.${besides}`,
    `Put the new binary at ${path}.`,
  )
}
