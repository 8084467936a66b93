import { resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { Secret } from '../../lib/secret.ts'
import { refuseTaken, writeNew } from '../../licenses/files.ts'
import { encryptedPem, makeSigningKey, publicPem } from '../../licenses/issuing/private-key.ts'
import type { LicenseAlgorithm } from '../../licenses/license/claims.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'

export interface KeygenOptions {
  readonly out: string
  readonly algorithm: LicenseAlgorithm
  readonly bits: number
}

/** A passphrase is all that keeps a stolen key file shut, and a vendor's key signs for years. */
const SHORTEST = 15

export async function keygen(
  { cwd, askNewSecret }: CliContext,
  { out, algorithm, bits }: KeygenOptions,
): Promise<Output> {
  const [privatePath, publicPath] = [resolve(cwd, `${out}.key.pem`), resolve(cwd, `${out}.pub.pem`)]
  for (const path of [privatePath, publicPath]) await refuseTaken(path)
  const passphrase = new Secret(await askNewSecret('Passphrase for the new key (it is asked for at each use): '))
  if (Array.from(passphrase.reveal()).length < SHORTEST)
    throw new AppError('usage-error', {
      detail: `The passphrase has fewer than ${SHORTEST} characters.`,
      cure: 'Give a long one, such as several words, and keep it apart from the key.',
    })
  const key = await makeSigningKey(algorithm, bits)
  await writeNew(privatePath, encryptedPem(key, passphrase).reveal())
  await writeNew(publicPath, publicPem(key))
  const text = [
    `The key ${key.kid} is made.`,
    `  ${privatePath}  signs licences. Keep it on this machine, and a copy in a safe.`,
    `  ${publicPath}  checks them. Ship it with your product.`,
  ]
  return { text: text.join('\n'), json: { kid: key.kid, algorithm, privateKey: privatePath, publicKey: publicPath } }
}
