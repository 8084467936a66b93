import { describe, expect, it } from 'vitest'
import { importsOf } from './imports.ts'
import { violations } from './rings.ts'

const named = (what: string, from: string) => `import { ${what} } from '${from}'\n`

describe('an import is seen in every form it can take', () => {
  it.each([
    ['import', `import { a } from './x.ts'`],
    ['over several lines', `import {\n  a,\n  type B,\n} from './x.ts'`],
    ['with a namespace', `import * as x from './x.ts'`],
    ['for its side effect', `import './x.ts'`],
    ['export from', `export { a } from './x.ts'`],
    ['export everything', `export * from './x.ts'`],
    ['type import', `import type { A } from './x.ts'`],
    ['at run time', `const x = await import('./x.ts')`],
    ['with double quotes', `import { a } from "./x.ts"`],
    [
      'after a string that looks like a comment',
      `const glob = '/*'\nconst x = await import('./x.ts')\nconst end = '*/'`,
    ],
  ])('%s', (_form, source) => {
    expect(importsOf(source).map((found) => found.specifier)).toEqual(['./x.ts'])
  })

  it('and not in a comment', () => {
    expect(importsOf(`/**\n * import { a } from './x.ts'\n */\n// import './x.ts'\nconst a = 1`)).toEqual([])
  })
})

describe('the rings bite', () => {
  it.each([
    ['lib knows nobody', 'src/lib/ids.ts', named('AppError', '../errors/app-error.ts'), 'inward'],
    ['errors know lib alone', 'src/errors/catalogue.ts', named('x', '../db/connect.ts'), 'inward'],
    ['foundation siblings are strangers', 'src/db/connect.ts', named('x', '../keyring/master.ts'), 'inward'],
    ['ui knows no http', 'src/ui/layout.tsx', named('x', '../http/context.ts'), 'inward'],
    ['foundation knows no domain', 'src/jobs/queue.ts', named('x', '../users/service.ts'), 'inward'],
    ['domain knows no surface', 'src/users/service.ts', named('x', '../oidc/provider.ts'), 'inward'],
    ['a type import is an import', 'src/db/connect.ts', `import type { X } from '../oidc/x.ts'`, 'inward'],
    ['a dynamic import is an import', 'src/users/service.ts', `await import('../app.ts')`, 'inward'],
    ['nobody imports the assembly', 'src/ops/routes.ts', named('x', '../app.ts'), 'inward'],
    ['domain siblings are strangers', 'src/users/service.ts', named('x', '../sessions/service.ts'), 'sibling'],
    ['even for a type', 'src/users/service.ts', `import type { S } from '../sessions/service.ts'`, 'sibling'],
    ['an id is taken as a type', 'src/users/service.ts', named('SessionId', '../sessions/session.ts'), 'sibling'],
    ['surface siblings are strangers', 'src/console/routes.tsx', named('x', '../api/users.ts'), 'sibling'],
    ['a surface calls no store', 'src/api/users.ts', named('x', '../users/store.ts'), 'never stores'],
    ['routes call no store', 'src/users/routes.tsx', named('x', './store.ts'), 'never the store'],
    ['pages call no store', 'src/users/pages/list.tsx', named('x', '../user-store.ts'), 'props only'],
    ['pages call no service', 'src/users/pages/list.tsx', named('x', '../service.ts'), 'props only'],
    ['one room holds the engine', 'src/login/flow.ts', named('x', 'oidc-provider/lib/x.js'), 'protocol engine'],
    [
      'one room holds the server',
      'src/oidc/routes.tsx',
      named('x', '@hono/node-server/utils/response'),
      'under the app',
    ],
    ['the sdk is self-contained', 'src/sdk/verify.ts', named('x', '../lib/hash.ts'), 'nothing of ours'],
    ['the sdk brings no tree', 'src/sdk/verify.ts', named('z', 'zod'), 'jose alone'],
    ['tests stay outside', 'src/lib/clock.ts', named('x', '../../test/support/clock.ts'), 'outside src'],
  ])('%s', (_rule, file, source, reason) => {
    expect(violations(file, source)).toEqual([expect.stringContaining(reason)])
  })
})

describe('the rings let through', () => {
  it.each([
    ['the foundation, inward', 'src/http/respond.ts', named('AppError', '../errors/app-error.ts')],
    ['the named foundation siblings', 'src/keyring/store.ts', named('Tx', '../db/types.ts')],
    ['a domain room on the foundation', 'src/users/store.ts', named('Db', '../db/types.ts')],
    ['the id of a sibling, as a type', 'src/users/user.ts', `import type { OrgId } from '../orgs/org.ts'`],
    ['a service from a surface', 'src/api/users.ts', named('x', '../users/service.ts')],
    ['its own files', 'src/users/routes.tsx', named('x', './service.ts')],
    ['everything from the assembly', 'src/app.ts', named('x', './users/store.ts') + named('x', './cli/serve.ts')],
    ['the engine in its room', 'src/oidc/provider.ts', named('Provider', 'oidc-provider')],
    ['jose in the sdk', 'src/sdk/verify.ts', named('jwtVerify', 'jose')],
  ])('%s', (_what, file, source) => {
    expect(violations(file, source)).toEqual([])
  })
})
