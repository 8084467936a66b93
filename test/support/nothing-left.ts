import type { EventEmitter } from 'node:events'
import { afterAll, expect, vi } from 'vitest'

const emitter: EventEmitter = process

/** What the files of a worker share, besides modules, and what one of them can change for all behind it. */
const shared = (): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([
    ...Object.entries(process.env),
    ['working directory', process.cwd()],
    ...(['fetch', 'Date', 'setTimeout', 'setInterval'] as const).map((name) => [name, globalThis[name]] as const),
    ...emitter.eventNames().map((name) => [`listeners of ${String(name)}`, emitter.listenerCount(name)] as const),
    // Node's own, from the first worker on that `cluster` starts.
    ['listeners of internalMessage', undefined],
  ])

const before = shared()
/** Where libraries say what they hide from the caller, such as an answer that was written twice. */
const complaints = vi.spyOn(console, 'error')

// Said of the file that left something: otherwise another one fails in its place, and not every time. By name, because
// the environment of whoever runs this may hold secrets.
afterAll(() => {
  expect(complaints.mock.calls, 'what was complained of on the console').toEqual([])
  const after = shared()
  const names = [...new Set([...before.keys(), ...after.keys()])]
  const changed = names.filter((name) => before.get(name) !== after.get(name))
  expect(changed, 'what a test file changed of its process and did not put back').toEqual([])
})
