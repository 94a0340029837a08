import { defined } from '../domain/defined.js'

const inviteTheBot = 'Invite the bot to the channel.'
const installAgain = 'Install the bot again and configure its new token.'
const newWebhook = 'Make a new webhook and configure its URL.'
const unarchive = 'Take the channel out of the archive, or configure another one.'

/** What an error of Slack means, and what to do. */
const errors: ReadonlyMap<string, readonly [means: string, advice?: string]> = new Map([
  ['not_in_channel', ['the bot is not in the channel', inviteTheBot]],
  [
    'channel_not_found',
    ['there is no such channel, or the bot cannot see it', 'Check the id of the channel, and invite the bot to it.'],
  ],
  ['channel_is_archived', ['the channel is archived', unarchive]],
  ['is_archived', ['the channel is archived', unarchive]],
  ['missing_scope', ['the bot may not do this', 'Give the bot the scope chat:write and install it again.']],
  ['invalid_auth', ['the token is not valid', 'Check the token.']],
  ['not_authed', ['the token is missing', 'Check the token.']],
  ['token_revoked', ['the token was revoked', installAgain]],
  ['account_inactive', ['the bot was removed', installAgain]],
  ['no_service', ['the webhook does not exist any more', newWebhook]],
  ['invalid_token', ['the webhook does not exist any more', newWebhook]],
  ['message_not_found', ['the message does not exist any more']],
  ['thread_not_found', ['the thread does not exist any more']],
  ['cant_update_message', ['the bot may not edit this message']],
  ['edit_window_closed', ['a message of this age cannot be edited']],
  ['msg_too_long', ['the message is too long']],
  ['ratelimited', ['too many requests']],
  ['rate_limited', ['too many requests']],
])

/** Returns what an error means, with its name, and what to do. An error that is not known here is only named. */
export function explainSlackError(error: string): { readonly words: string; readonly advice?: string } {
  const [means, advice] = errors.get(error) ?? []
  return { words: means === undefined ? error : `${means} (${error})`, ...defined({ advice }) }
}
