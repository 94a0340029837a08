import { formatEther, zeroAddress } from 'viem'
import { parsedJson } from '../../../domain/text/boundedJson.js'
import { readPlan } from '../../../domain/plans/readPlan.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { Ballot, MemberChange, Payload, Variable } from './decodeBallot.js'
import { describeVariable, signalName, variableText } from './envVariables.js'
import { readText } from './readText.js'

/** What a ballot asks for, in a title and one sentence. */
export interface BallotWords {
  readonly title: string
  readonly sentence: string
}

/** Says in words what a ballot asks for; of what cannot be decoded at least the type. */
export function ballotWords(
  { ballotType, creator }: Ballot,
  { member, exit, newGovernance, variable }: Payload,
): BallotWords {
  if (ballotType === 1n && member !== undefined) {
    return { title: `Add member ${member.newStaker}${nodeName(member)}`, sentence: `Adds ${seat(member)}` }
  }
  if (ballotType === 2n && member !== undefined) {
    const cost = exit === undefined ? '' : `, ${wemix(exit.unlockAmount)} unlocked, ${wemix(exit.slashing)} slashed`
    return { title: `Remove member ${member.oldStaker}`, sentence: `Removes member ${member.oldStaker}${cost}.` }
  }
  if (ballotType === 3n && member !== undefined) {
    const isOwn = member.oldStaker === creator && member.newStaker === creator
    return isOwn
      ? {
          title: `Member ${creator} changes its own entry${nodeName(member)}`,
          sentence: `The new entry is ${seat(member)}`,
        }
      : {
          title: `Replace member ${member.oldStaker} by ${member.newStaker}`,
          sentence: `Replaces member ${member.oldStaker} by ${seat(member)}`,
        }
  }
  if (ballotType === 4n && newGovernance !== undefined) {
    return {
      title: `Point governance at ${newGovernance}`,
      sentence: `The code of the governance contract becomes that of ${newGovernance}.`,
    }
  }
  if (ballotType === 5n && variable !== undefined) {
    return variableWords(variable)
  }
  const type = types[Number(ballotType)]
  return { title: type ?? `Ballot of type ${ballotType}`, sentence: 'What it asks for could not be read.' }
}

function variableWords(variable: Variable): BallotWords {
  const { name, isKnown, value, kind } = describeVariable(variable)
  if (name === signalName) {
    const { plan, problems } = readPlan(parsedJson(variableText(variable) ?? ''))
    return {
      title: problems.length === 0 ? `Upgrade ${plan.name} at height ${plan.height}` : `Set ${name} to ${value}`,
      sentence: `Sets the variable ${name}, which no contract reads: it tells those who run the nodes what was agreed on.`,
    }
  }
  if (isKnown) return { title: `Change ${name} to ${value}`, sentence: `Changes the variable ${name} to ${value}.` }
  return {
    title: `Set the variable ${name.slice(0, 10)}… to ${value}`,
    sentence: `Sets the variable ${name}, of type ${kind}: that is the hash of its name, which nobody here knows. Contracts pass over names they do not know.`,
  }
}

const types: Readonly<Partial<Record<number, string>>> = {
  1: 'Add a member',
  2: 'Remove a member',
  3: 'Change a member',
  4: 'Point governance at another contract',
  5: 'Change a variable',
}

function seat(member: MemberChange): string {
  const { newStaker, newVoter, newReward, nodeIp, nodePort, lockAmount } = member
  const parts = [
    `member ${newStaker}${nodeName(member)}`,
    ...(newVoter === newStaker || newVoter === zeroAddress ? [] : [`voter ${newVoter}`]),
    ...(newReward === newStaker || newReward === zeroAddress ? [] : [`rewards to ${newReward}`]),
    `node at ${cleanLine(readText(nodeIp), 60)}:${nodePort}`,
    `${wemix(lockAmount)} locked`,
  ]
  return `${parts.join(', ')}.`
}

function nodeName({ nodeName: bytes }: MemberChange): string {
  const name = cleanLine(readText(bytes), 40)
  return name === '' ? '' : ` (${name})`
}

function wemix(amount: bigint): string {
  return `${formatEther(amount)} WEMIX`
}
