import { longestIn, placeOf } from './cpu-profile.ts'

/** To whom time belongs, most to least particular; what is none of them works for whoever called it. */
const owners: readonly (readonly [owner: string, place: RegExp])[] = [
  ['signature', /^src\/oidc\/engine\/signing-key\.ts$/],
  ['database driver', /^node_modules\/(pg|pg-[^/]+|kysely|postgres-[^/]+)\//],
  ['engine', /^node_modules\/(oidc-provider|koa|koa-[^/]+|@koa\/[^/]+)\//],
  ['Hono and HTTP', /^node_modules\/(hono|@hono\/[^/]+)\/|^node:(_http|http|net|internal\/http)/],
  ['ours', /^src\//],
]

const NATIVE = 'Node itself, in no function'
const alone = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', NATIVE],
])

function ownerOf(place: string, caller: string | undefined): string {
  // Node's own parts work for whoever called them: the key of an HMAC is no signature, and a socket may be the database's.
  if (place.startsWith('node:') && caller !== undefined) return caller
  return owners.find(([, places]) => places.test(place))?.[0] ?? caller ?? 'Node itself, called by nobody'
}

/** Microseconds of the thread that runs JavaScript, by owner: of what is left after the first ones, without those in which it waited. */
export function timeByOwner(folder: string, skippedSeconds: number): Map<string, number> {
  const { nodes, samples, timeDeltas } = longestIn(folder)
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const owned = new Map<number, string | undefined>()
  const own = (id: number, caller: string | undefined): void => {
    const node = byId.get(id)
    if (!node) return
    const { functionName } = node.callFrame
    const inherited =
      functionName === '(root)' ? undefined : (alone.get(functionName) ?? ownerOf(placeOf(node.callFrame), caller))
    owned.set(id, inherited)
    for (const child of node.children) own(child, inherited)
  }
  const [root] = nodes
  if (root) own(root.id, undefined)
  const times = new Map<string, number>()
  let passed = 0
  for (const [index, id] of samples.entries()) {
    const time = timeDeltas[index] ?? 0
    passed += time
    if (passed < skippedSeconds * 1e6 || byId.get(id)?.callFrame.functionName === '(idle)') continue
    const owner = owned.get(id) ?? NATIVE
    times.set(owner, (times.get(owner) ?? 0) + time)
  }
  return times
}
