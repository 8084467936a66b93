import { describe, expect, it } from 'vitest'
import { defineId } from '../../src/lib/ids.ts'

const UserId = defineId('usr')

describe('ids', () => {
  it('generates ids that sort by time and carry their prefix', () => {
    const ids = Array.from({ length: 50 }, () => UserId.generate())
    expect(ids.every((id) => id.startsWith('usr_'))).toBe(true)
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(50)
  })

  it('round-trips through a uuid column', () => {
    const id = UserId.generate()
    expect(UserId.toUuid(id)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(UserId.fromUuid(UserId.toUuid(id))).toBe(id)
  })

  it.each([
    'usr_',
    'org_018f3f3e8e7c7cc0a5b0c1d2e3f40506',
    'usr_018F3F3E8E7C7CC0A5B0C1D2E3F40506',
    'usr_018f3f3e8e7c4cc0a5b0c1d2e3f40506',
    'usr_018f3f3e-8e7c-7cc0-a5b0-c1d2e3f40506',
    'usr_018f3f3e8e7c7cc0a5b0c1d2e3f40506\n',
    ' usr_018f3f3e8e7c7cc0a5b0c1d2e3f40506',
  ])('knows one spelling alone and refuses %j', (text) => {
    expect(UserId.is(text)).toBe(false)
    expect(UserId.schema.safeParse(text).success).toBe(false)
  })

  it('are made in their order, also thousands in one millisecond: what lists the newest first goes by them', () => {
    const made = Array.from({ length: 20_000 }, () => UserId.generate())
    expect(made.toSorted()).toEqual(made)
  })
})
