import { expect, test } from 'vitest'
import { runLoop } from '../../bench/loopByHand.js'
import { runStreams } from '../../bench/pipeline.js'
import { story } from '../../bench/story.js'

test('the streams and the loop by hand that the bench compares report the same changes, notifications and queue', async () => {
  const readings = story()
  const streamed = await runStreams(readings)
  expect(streamed.notifications.length).toBeGreaterThan(2_000)
  expect(streamed).toEqual(runLoop(readings))
})
