import type { AccountHouse } from '../../account/support.ts'

export interface Route {
  readonly method: string
  readonly path: string
}

export const textOf = ({ method, path }: Route): string => `${method} ${path}`

const tried = ['GET', 'POST', 'PUT', 'DELETE']
/** Asks what may be asked, of nobody's anything. */
const asksForNothing = ['OPTIONS']

/** Where whoever tries would be signed out, and try nothing any more. */
const signsOut = ({ path }: Route): boolean => path.startsWith('/oauth/logout')

/** What stands for one of these is known: another would be tried as the text that it is, and find nothing. */
export const inPlaceOf = ({ path }: Route, { uid, name }: { readonly uid: string; readonly name: string }): string => {
  const to = path.replace(':uid', uid).replace(':id', name)
  if (/[:*{}]/.test(to)) throw new Error(`${path}: say in this file what stands for its parameter`)
  return to
}

/** A new route is tried as soon as it is there, and a new method is an error until somebody says whether it is. */
export function routesOf({ http }: AccountHouse): Route[] {
  const all = [...new Set(http.app.routes.map(textOf))].map((text): Route => {
    const [method = '', path = ''] = text.split(' ')
    return { method, path }
  })
  const unknown = all.filter(({ method }) => ![...tried, ...asksForNothing].includes(method))
  if (unknown.length > 0) throw new Error(`say in this file whether it is tried: ${JSON.stringify(unknown)}`)
  return all.filter((route) => tried.includes(route.method) && !signsOut(route))
}

/** These know nobody: to everyone they are the same, and one role tries them for all. A new place is tried in every role. */
export const seesWhoAsks = ({ path }: Route): boolean =>
  !/^\/(?:assets|\.well-known|healthz|readyz|setup|register|recover|link)(?:\/|$)/.test(path)
