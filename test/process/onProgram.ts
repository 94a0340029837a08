import { onSharedChain, untilDone } from '../support/fixtures.js'
import { startHoldingServer } from './holdingServer.js'

/** As {@link onSharedChain}, with a receiver of webhooks of each test's own that answers when the test lets it. */
export const onProgram = onSharedChain.extend('webhook', ({}, cleaning) => untilDone(startHoldingServer(), cleaning))
