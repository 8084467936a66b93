import { posix } from 'node:path'
import { type Import, importsOf } from './imports.ts'

/** Foundation, from the innermost outwards; a room reaches the rows above it and the siblings it names. */
const foundation: readonly (readonly string[])[] = [
  ['lib'],
  ['errors'],
  ['config', 'db', 'http', 'ui', 'keyring', 'jobs'],
]
const foundationSiblings: Readonly<Record<string, readonly string[]>> = { keyring: ['db'], jobs: ['db'], http: ['ui'] }
const surfaces = ['oidc', 'login', 'account', 'api', 'console', 'ops', 'welcome']
const assembly = ['app', 'main', 'cli', 'instance']
const RING = { foundation: 1, domain: 2, surface: 3, assembly: 4 }

/** `src/users/store.ts` → `users`; `src/app.ts` → `app`. */
const roomOf = (path: string) => (path.split('/')[1] ?? '').replace(/\.tsx?$/, '')
const depthOf = (room: string) => foundation.findIndex((row) => row.includes(room))

function ringOf(room: string): number {
  if (depthOf(room) >= 0) return RING.foundation
  if (surfaces.includes(room)) return RING.surface
  return assembly.includes(room) ? RING.assembly : RING.domain
}

const isStore = (path: string) => /(^|[/-])store\.ts$/.test(path)
const isService = (path: string) => /(^|[/-])service\.ts$/.test(path)
const isRoutes = (path: string) => /(^|[/-])routes\.tsx?$/.test(path)
const isPage = (path: string) => path.includes('/pages/')
const onlyIds = ({ typeOnly, names }: Import) =>
  typeOnly && names.length > 0 && names.every((name) => name.endsWith('Id'))

function mayReach(from: string, to: string): boolean {
  const outward = ringOf(to) - ringOf(from)
  if (outward !== 0) return outward < 0
  if (ringOf(from) === RING.assembly) return true
  if (ringOf(from) !== RING.foundation) return false
  return depthOf(to) < depthOf(from) || (foundationSiblings[from] ?? []).includes(to)
}

function judgePackage(room: string, { specifier }: Import): string | undefined {
  const isOneOf = (...names: string[]) => names.some((name) => specifier === name || specifier.startsWith(`${name}/`))
  if (isOneOf('oidc-provider') && room !== 'oidc') return 'only src/oidc speaks to the protocol engine'
  if (isOneOf('@hono/node-server') && room !== 'http') return 'only src/http speaks to the server under the app'
  if (room === 'sdk' && !specifier.startsWith('node:') && !isOneOf('jose')) return 'the sdk depends on jose alone'
  return undefined
}

function judgeOwn(file: string, to: string, item: Import): string | undefined {
  if (!to.startsWith('src/')) return 'nothing outside src is imported by src'
  const [room, other] = [roomOf(file), roomOf(to)]
  if (isPage(file) && isStore(to)) return 'a page gets props only, never a store'
  if (isPage(file) && isService(to) && !item.typeOnly) return 'a page gets props only, never a service'
  if (isRoutes(file) && isStore(to)) return 'routes call the service, never the store'
  if (room === other) return undefined
  if (room === 'sdk') return 'the sdk imports nothing of ours'
  if (isStore(to) && ringOf(room) === RING.surface) return 'a surface calls services, never stores'
  if (mayReach(room, other)) return undefined
  if (ringOf(room) === ringOf(other) && ringOf(room) !== RING.foundation)
    return onlyIds(item)
      ? undefined
      : 'a sibling is reached through an interface wired in app.ts; only ids may be type-imported'
  return 'imports go inward only'
}

/** What `file` (from the root, `src/…`) imports against the plan of the house; empty when it keeps the plan. */
export function violations(file: string, source: string): string[] {
  return importsOf(source).flatMap((item) => {
    const relative = item.specifier.startsWith('.')
    const why = relative
      ? judgeOwn(file, posix.join(posix.dirname(file), item.specifier), item)
      : judgePackage(roomOf(file), item)
    return why === undefined ? [] : [`${file} imports ${item.specifier}: ${why}`]
  })
}
