import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { userId } from '../../src/users/user.ts'
import { eventually } from '../support/eventually.ts'
import { roundTripsDuring } from '../support/round-trips.ts'
import { arranging, callback, codeFor, type House, openHouse, redeem } from './support.ts'

const invalid = { status: 400, body: { error: 'invalid_grant' } }

async function ready(options: Parameters<typeof openHouse>[0] = {}) {
  const house = await openHouse(options)
  const person = await house.addPerson()
  const client = await house.addClient()
  return { house, person, client }
}

const hashOf = (code: string) => sha256(`AuthorizationCode ${code}`)

const isUsed = async ({ services }: House, code: string) => {
  const { rows } = await sql<{ used: boolean }>`
    SELECT consumed_at IS NOT NULL AS used FROM oidc_artifacts WHERE id_hash = ${hashOf(code)}`.execute(
    services.database.app,
  )
  return rows[0]?.used
}

describe('a code is used up by the look at it', () => {
  it('in two round trips, and a refused request has used nothing up', async () => {
    const { house, client } = await ready()
    const other = await house.addClient({ name: 'Another' })
    const code = await codeFor(house, client)
    // What is remembered for a while is remembered now.
    await redeem(house, client, await codeFor(house, client))
    for (const refused of [
      await redeem(house, client, { ...code, verifier: 'x'.repeat(43) }),
      await redeem(house, client, code, { redirect_uri: `${callback}/elsewhere` }),
      await redeem(house, other, code),
    ])
      expect(refused).toMatchObject(invalid)
    expect(await isUsed(house, code.code)).toBe(false)
    const statuses: number[] = []
    const asked = await roundTripsDuring(async () => statuses.push((await redeem(house, client, code)).status))
    expect(statuses).toEqual([200])
    expect(asked.trips).toBeLessThanOrEqual(2)
    expect(await isUsed(house, code.code)).toBe(true)
  })

  it('that there is none is answered without holding anything, as often as it comes', async () => {
    const { house, client } = await ready({ poolSize: 1 })
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => redeem(house, client, { code: `none-${n}`, verifier: 'x'.repeat(43) })),
    )
    for (const answer of answers) expect(answer).toMatchObject(invalid)
    expect((await redeem(house, client, await codeFor(house, client))).status).toBe(200)
  })

  it('and by nobody whose session has ended, whose account was disabled, or who comes too late', async () => {
    const { house, client } = await ready()
    const late = await codeFor(house, client)
    house.clock.advance(house.config.tokens.authorizationCode + 1000)
    await sql`UPDATE oidc_artifacts SET expires_at = now() - interval '1 hour',
      payload = jsonb_set(payload, '{exp}', '1') WHERE id_hash = ${hashOf(late.code)}`.execute(
      house.services.database.app,
    )
    expect(await redeem(house, client, late)).toMatchObject(invalid)

    const db = house.services.database.app
    const ended = await codeFor(house, client)
    // Of the engine's alone: what is ended by us takes the code along.
    await sql`DELETE FROM oidc_artifacts WHERE kind = 'Session'`.execute(db)
    expect(await redeem(house, client, ended)).toMatchObject(invalid)

    const slept = await codeFor(house, client)
    await sql`UPDATE session_carriers SET last_seen_at = last_seen_at - interval '1 year'`.execute(db)
    expect(await redeem(house, client, slept)).toMatchObject(invalid)

    const elsewhere = await codeFor(house, client)
    await sql`UPDATE oidc_artifacts SET payload = jsonb_set(payload, '{accountId}', '"usr_other"') WHERE kind = 'Session'`.execute(
      db,
    )
    expect(await redeem(house, client, elsewhere)).toMatchObject(invalid)

    const disabled = await codeFor(house, client)
    await sql`ALTER TABLE users DISABLE TRIGGER USER`.execute(house.services.database.owner)
    await sql`UPDATE users SET status = 'disabled', disabled_at = now()`.execute(house.services.database.owner)
    expect(await redeem(house, client, disabled)).toMatchObject(invalid)
  })

  it('waits for whoever holds its grant, and is refused where that one ends it', async () => {
    const { house, client } = await ready()
    const db = house.services.database.app
    for (const ends of [false, true]) {
      const code = await codeFor(house, client)
      const release = Promise.withResolvers<void>()
      const held = Promise.withResolvers<void>()
      const holder = inTransaction(db, async (tx) => {
        const grant = sql`(SELECT grant_hash FROM oidc_artifacts WHERE id_hash = ${hashOf(code.code)})`
        await sql`SELECT FROM oidc_artifacts WHERE id_hash = ${grant} FOR UPDATE`.execute(tx)
        held.resolve()
        await release.promise
        if (ends) await sql`DELETE FROM oidc_artifacts WHERE grant_hash = ${grant}`.execute(tx)
      })
      await held.promise
      const asked = redeem(house, client, code)
      await eventually(async () => {
        const { rowCount } = await house.database.ownerPool.query(`
          SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()`)
        return rowCount === 1 ? true : undefined
      })
      release.resolve()
      await holder
      expect((await asked).status, ends ? 'it was ended' : 'it was only held').toBe(ends ? 400 : 200)
      await sql`DELETE FROM oidc_artifacts WHERE kind IN ('Grant', 'RefreshToken')`.execute(db)
    }
  })
})

it('a finished sign-in is that of whom the sealed answer names, whatever stands beside it', async () => {
  const { house, person, client } = await ready()
  const other = await house.users.create(arranging, { email: 'eve@example.test', name: 'Eve', emailVerified: true })
  if (!other.ok) throw new Error('nobody else')
  await house.users.disable(arranging, other.value.id)
  await house.database.ownerPool.query(`
    CREATE FUNCTION another_owner() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.user_id := '${userId.toUuid(other.value.id)}'; RETURN NEW; END $$;
    CREATE TRIGGER another_owner BEFORE UPDATE ON oidc_artifacts
      FOR EACH ROW WHEN (NEW.kind = 'Interaction') EXECUTE FUNCTION another_owner()`)
  const code = await codeFor(house, client)
  const { body } = await redeem(house, client, code)
  const claims = JSON.parse(Buffer.from((body['id_token'] ?? '').split('.')[1] ?? '', 'base64url').toString())
  expect(claims).toMatchObject({ sub: person.id, email: person.email })
})
