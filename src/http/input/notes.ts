import type { Context } from 'hono'
import { EncryptJWT, jwtDecrypt } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'
import { prefersPage } from '../answer/prefers-page.ts'
import { defineCookie } from '../cookies.ts'
import type { HttpEnv } from '../env.ts'

/** A form, and what its page may have to say of how it was filled in. Never a password. */
export interface NotedForm<S extends z.ZodType> {
  readonly shape: S
  /** Of the page; the cookie goes there and to what lies below. */
  readonly path: `/${string}`
  /** What the page is about: the link it was opened with, the sign-in it belongs to. Another one's note says nothing. */
  readonly about?: string
  /** Its name, where pages below have notes of their own: a browser sends both. */
  readonly cookie?: string
}

/** From the form that was refused to the page that follows it: a browser that goes back meets no form to send again. */
export interface Notes {
  leave<S extends z.ZodType>(c: Context<HttpEnv>, form: NotedForm<S>, note: z.input<S>): Promise<void>
  /** As long as it lasts, for a page that may be reloaded. */
  read<S extends z.ZodType>(c: Context<HttpEnv>, form: NotedForm<S>): Promise<z.output<S> | undefined>
  /** Once: whoever reloads the page begins anew. */
  take<S extends z.ZodType>(c: Context<HttpEnv>, form: NotedForm<S>): Promise<z.output<S> | undefined>
  /** A browser is sent on to the page that says it; a program is answered in place, by the status. */
  answer<S extends z.ZodType>(c: Context<HttpEnv>, form: NotedForm<S>, refused: Refused<S>): Promise<Response>
}

interface Refused<S extends z.ZodType> {
  readonly note: z.input<S>
  /** The page again. */
  readonly to: `/${string}`
  readonly inPlace: () => Response | Promise<Response>
}

interface NotesDeps {
  readonly issuerUrl: string
  /** Derived for this alone. */
  readonly key: Secret<Uint8Array>
  readonly clock: Clock
}

const SECONDS = 300
const ALGORITHM = { alg: 'dir', enc: 'A256GCM' } as const

/** Longer than any name or address is, and short enough for a cookie. */
const LONGEST = 320

/** For what was typed: something longer is not brought back. */
export const typedText = z.string().transform((text) => (text.length > LONGEST ? '' : text))

/**
 * Kept by the browser, sealed: an address is personal, so it stands in no URL, no log and no table, and a row for
 * every mistake would be a way to fill the disk. Bound to the form by its path and by what is sealed (`aud`).
 */
export function createNotes({ issuerUrl, key, clock }: NotesDeps): Notes {
  const cookieOf = ({ path, cookie: name = 'note' }: Pick<NotedForm<z.ZodType>, 'path' | 'cookie'>) =>
    defineCookie(issuerUrl, { name, path, maxAge: SECONDS, sameSite: 'Strict' })
  const audienceOf = ({ path, about = '' }: Pick<NotedForm<z.ZodType>, 'path' | 'about'>) => `${path} ${about}`

  const leave: Notes['leave'] = async (c, form, note) => {
    const sealed = await new EncryptJWT({ note: form.shape.parse(note) })
      .setProtectedHeader(ALGORITHM)
      .setAudience(audienceOf(form))
      .setExpirationTime(Math.floor(clock.now().getTime() / 1000) + SECONDS)
      .encrypt(key.reveal())
    cookieOf(form).write(c, sealed)
  }
  const open = async (audience: string, sealed: string): Promise<unknown> => {
    const options = {
      audience,
      requiredClaims: ['exp'],
      currentDate: clock.now(),
      keyManagementAlgorithms: [ALGORITHM.alg],
      contentEncryptionAlgorithms: [ALGORITHM.enc],
    }
    const opened = await jwtDecrypt(sealed, key.reveal(), options).catch(() => undefined)
    return opened?.payload['note']
  }

  const read: Notes['read'] = async (c, form) => {
    const sealed = cookieOf(form).read(c)
    return sealed === undefined ? undefined : form.shape.safeParse(await open(audienceOf(form), sealed)).data
  }

  return {
    leave,
    read,
    take: async (c, form) => {
      const note = await read(c, form)
      if (cookieOf(form).read(c) !== undefined) cookieOf(form).clear(c)
      return note
    },
    answer: async (c, form, { note, to, inPlace }) => {
      if (!prefersPage(c.env.exchange.header('accept'))) return inPlace()
      await leave(c, form, note)
      return c.redirect(to, 303)
    },
  }
}
