import { hash } from 'node:crypto'
import type { Secret } from '../lib/secret.ts'

/**
 * Lists are ordered and searched by the first 53 bits of a SHA-1: as many as a number holds exactly, so that hundreds of
 * millions of them are compared and sorted without an object for each. SHA-1 because the published lists are made with
 * it: it names what is public already and protects nothing.
 */
export type Key = number

export const KEY_BITS = 53

/** Keyboards compose accents in two ways; a list has the composed one. */
export const sha1Of = (password: Secret<string>): Buffer => hash('sha1', password.reveal().normalize('NFC'), 'buffer')

const LOW_WORD_BITS = KEY_BITS - 32

export const keyOf = (sha1: Buffer): Key =>
  sha1.readUInt32BE(0) * 2 ** LOW_WORD_BITS + (sha1.readUInt32BE(4) >>> (32 - LOW_WORD_BITS))
