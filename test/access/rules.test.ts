import { describe, expect, it } from 'vitest'
import { authorityOf } from '../../src/access/authority.ts'
import { allPermissions, can, covers, within } from '../../src/access/can.ts'
import { mayActOn, mayAssign, mayMake } from '../../src/access/ceiling.ts'
import { OWN_API, type PermissionSet } from '../../src/access/permission.ts'
import { type Role, roleId } from '../../src/access/role.ts'
import { orgId } from './support.ts'

const organisation = orgId.generate()

interface Shape {
  readonly key?: string
  readonly permissions?: PermissionSet
  readonly mayAssign?: readonly string[]
  readonly own?: true
}

const role = ({ key = 'some', permissions = {}, mayAssign: given = [], own }: Shape): Role => ({
  id: roleId.generate(),
  organisation: own && organisation,
  template: own ? undefined : 'basic',
  key,
  name: key,
  description: '',
  permissions,
  mayAssign: given,
  kept: false,
  apiOnly: false,
  mfa: null,
})

const here = (...names: string[]): PermissionSet => ({ [OWN_API]: names })
const subsetsOf = <T>([one, ...rest]: readonly T[]): T[][] => {
  if (one === undefined) return [[]]
  return subsetsOf(rest).flatMap((set) => [set, [one, ...set]])
}

/** Every set over two APIs with two permissions each: 16 of them. */
const everySet: readonly PermissionSet[] = subsetsOf(['a', 'b']).flatMap((first) =>
  subsetsOf(['a', 'b']).map((second) => ({ api_1: first, api_2: second })),
)
const flat = (set: PermissionSet) =>
  Object.entries(set).flatMap(([api, names]) => names.map((name) => `${api} ${name}`))

/** Every role over the key of another, `roles.assign`, one permission more, and what it may give: 32 of them. */
const everyGiver: readonly Role[] = subsetsOf(['roles.assign', 'audit.read']).flatMap((names) =>
  subsetsOf(['x', 'y', '*']).map((given) => role({ permissions: here(...names), mayAssign: given })),
)
const assigns = (giver: Role) => can([giver], 'roles.assign')

describe('can()', () => {
  it('[MOS-6] [DRP-6] says yes to what one of the roles allows at that API, and to nothing else', () => {
    for (const one of everySet)
      for (const other of everySet)
        for (const api of ['api_1', 'api_2'])
          for (const permission of ['a', 'b', 'c'])
            expect(can([role({ permissions: one }), role({ permissions: other })], permission, api)).toBe(
              [...flat(one), ...flat(other)].includes(`${api} ${permission}`),
            )
  })

  it('says no to somebody without a role', () => {
    expect(can([], 'a', 'api_1')).toBe(false)
  })
})

describe('[STO-4] what a key may do', () => {
  it('is what both it and its owner may do, of any two sets', () => {
    for (const asked of everySet)
      for (const ceiling of everySet) {
        const both = within(asked, ceiling)
        expect(covers(asked, both) && covers(ceiling, both)).toBe(true)
        expect(flat(both)).toEqual(flat(asked).filter((one) => flat(ceiling).includes(one)))
      }
  })
})

describe('the ceiling of who gives a role', () => {
  it('is what one role with roles.assign lists: two do not add up to more', () => {
    const x = role({ key: 'x' })
    for (const one of everyGiver)
      for (const other of everyGiver)
        expect(mayAssign([one, other], x)).toBe(
          [one, other].some((giver) => assigns(giver) && giver.mayAssign.includes('x')),
        )
    const [assigner, lister] = [role({ permissions: here('roles.assign') }), role({ mayAssign: ['x'] })]
    expect(mayAssign([assigner, lister], x)).toBe(false)
  })

  it('lets roles of the organisation’s own be given by a role that says so and may do all that they may', () => {
    for (const giver of everyGiver)
      for (const content of everyGiver) {
        const made = role({ ...content, key: 'made', own: true })
        const allowed =
          assigns(giver) &&
          giver.mayAssign.includes('*') &&
          covers(giver.permissions, made.permissions) &&
          made.mayAssign.every((key) => giver.mayAssign.includes(key))
        expect(mayAssign([giver], made)).toBe(allowed)
      }
  })

  it('lets nobody give a built-in role by the word for own ones', () => {
    const giver = role({ permissions: here('roles.assign', 'audit.read'), mayAssign: ['*'] })
    expect(mayAssign([giver], role({ key: 'owner' }))).toBe(false)
    expect(mayAssign([giver], role({ key: 'made', own: true }))).toBe(true)
  })

  it('lets nobody act on somebody who has one role that they could not have given', () => {
    const admin = role({ permissions: here('roles.assign'), mayAssign: ['member'] })
    const [member, owner] = [role({ key: 'member' }), role({ key: 'owner' })]
    expect(mayActOn([admin], [member])).toBe(true)
    expect(mayActOn([admin], [member, owner])).toBe(false)
    expect(mayActOn([admin], [])).toBe(true)
  })
})

describe('what somebody may make of a role', () => {
  it('never allows or gives what its maker does not, for any two roles of the maker', () => {
    const given = [role({ key: 'x' }), ...everyGiver.map((like) => role({ ...like, key: 'made', own: true }))]
    const exceeding = everyGiver.flatMap((one, index) =>
      everyGiver.slice(index).flatMap((other) => {
        const maker = [one, other]
        const lists = (key: string) => maker.some((its) => its.mayAssign.includes(key))
        // Whoever has it may do nothing, and give no role, built in or made, that its maker may not.
        return everyGiver.filter(
          (made) =>
            mayMake(maker, made) &&
            !(
              covers(allPermissions(maker), made.permissions) &&
              made.mayAssign.every(lists) &&
              given.every((further) => !mayAssign([made], further) || mayAssign(maker, further))
            ),
        )
      }),
    )
    expect(exceeding).toEqual([])
  })

  it('is nothing without a role, and everything that the one role may do', () => {
    const maker = role({ permissions: here('roles.assign', 'roles.manage'), mayAssign: ['x', '*'] })
    expect(authorityOf([]).mayMake(maker)).toBe(false)
    expect(authorityOf([maker]).mayMake(maker)).toBe(true)
    expect(authorityOf([maker]).mayMake({ ...maker, permissions: here('audit.read') })).toBe(false)
    expect(authorityOf([maker]).mayMake({ ...maker, mayAssign: ['owner'] })).toBe(false)
  })
})
