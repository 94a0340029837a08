import { onSharedChain, untilDone } from '../support/fixtures.js'
import { startHoldingServer } from './holdingServer.js'

/** As {@link onSharedChain}, with a receiver of webhooks for each test that answers when the test lets it. */
export const onProgram = onSharedChain.extend('webhook', ({}, cleaning) => untilDone(startHoldingServer(), cleaning))
