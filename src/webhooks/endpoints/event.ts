import type { Id } from '../../lib/ids.ts'
import type { Endpoint } from './endpoint.ts'
import type { Acting } from './ports.ts'

type Snapshot = ReturnType<typeof snapshotOf>

/** In the log of events; of its secrets, nothing. */
export const snapshotOf = ({ name, url, events, personal, disabledBecause }: Endpoint) => ({
  name,
  url,
  events,
  personal,
  disabledBecause,
})

/** What became different, before and after. */
export function difference(before: Endpoint, after: Endpoint) {
  const [was, is] = [snapshotOf(before), snapshotOf(after)]
  const isOther = (name: string): name is keyof Snapshot => !same(was, is, name)
  const changed = Object.keys(was).filter(isOther)
  const only = (of: Snapshot) => ({ public: Object.fromEntries(changed.map((name) => [name, of[name]])) })
  return { changed: changed.length > 0, before: only(was), after: only(is) }
}

const same = (was: object, is: object, name: string): boolean =>
  JSON.stringify(Reflect.get(was, name)) === JSON.stringify(Reflect.get(is, name))

/** Written in the log of the organisation whose endpoint it is; of one of the instance in the instance's own. */
export const inLogOf = <By extends Acting>(
  by: By,
  { organisation }: Pick<Endpoint, 'organisation'>,
): By & { readonly organisation: Id<'org'> | undefined } => ({ ...by, organisation: organisation ?? undefined })
