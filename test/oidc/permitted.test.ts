import { expect, it } from 'vitest'
import { permittedBy } from '../../src/oidc/organisations/permitted.ts'

const role = (...names: string[]) => ({ permissions: { api: names, other: ['x'] } })

it('what roles permit together is remembered by the very roles: one that has changed counts as it is now', () => {
  const [viewer, clerk] = [role('read'), role('write', 'read')]
  expect(permittedBy([viewer, clerk], 'api')).toEqual(['read', 'write'])
  expect(permittedBy([viewer, clerk], 'api')).toBe(permittedBy([viewer, clerk], 'api'))
  expect(permittedBy([viewer, role('read', 'send')], 'api')).toEqual(['read', 'send'])
  expect(permittedBy([role(), clerk], 'api')).toEqual(['read', 'write'])
  expect(permittedBy([viewer], 'api')).toEqual(['read'])
  expect(permittedBy([viewer], 'other')).toEqual(['x'])
  expect(permittedBy([], 'api')).toEqual([])
})
