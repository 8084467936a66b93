import { afterAll, onTestFinished } from 'vitest'

/** Takes what is to be ended, and does so when whatever needed it is over. */
export type WhenOver = (end: () => unknown) => void

export const withTheTest: WhenOver = (end) =>
  onTestFinished(async () => {
    await end()
  })

/** For what several tests of a file share: what came last ends first. Called at the top of the file. */
export function withTheFile(): WhenOver {
  const ends: (() => unknown)[] = []
  afterAll(async () => {
    for (const end of ends.reverse()) await end()
  })
  return (end) => {
    ends.push(end)
  }
}
