import { X509Certificate } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { configInvalid, type Problem } from '../config/problem.ts'
import { readText } from '../config/read-text.ts'
import { readTlsPair } from '../http/server/tls-pair.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { refuseUnusableFilter } from './breaches.ts'
import { refuseUnusablePlaces } from './places.ts'
import { certificateForSiem } from './siem-certificate.ts'

/**
 * What the configuration names is read before anything is started: a path that is wrong is a mistake in the configuration, said
 * by `config check` and by a start that ends, and never a server that is half there.
 */
export async function refuseUnusableFiles(config: Config): Promise<void> {
  refuseUnusableAuthorities(config)
  certificateForSiem(config)?.()
  if (config.server.tls) readTlsPair(config.server.tls)
  await refuseUnusableFilter(config)
  await refuseUnusablePlaces(config)
}

const named = { 'mail.ca': ({ mail }: Config) => mail.ca, 'audit.syslogCa': ({ audit }: Config) => audit.syslogCa }

function refuseUnusableAuthorities(config: Config): void {
  const problems = Object.entries(named).flatMap(([where, pathIn]): Problem[] => {
    const path = pathIn(config)
    const read = path === undefined ? undefined : readAuthority(path)
    return read === undefined || read.ok ? [] : [{ where, reason: read.error }]
  })
  if (problems.length > 0) throw configInvalid(problems)
}

/** Undefined where none is named. */
export function authorityIn(config: Config, where: keyof typeof named): string | undefined {
  const path = named[where](config)
  if (path === undefined) return undefined
  const read = readAuthority(path)
  if (!read.ok) throw configInvalid([{ where, reason: read.error }])
  return read.value
}

const CA_LIMIT = 1024 * 1024
const certificates = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

function readAuthority(path: string): Result<string, string> {
  const text = readText(path, CA_LIMIT)
  if (!text.ok) return fail(`the file cannot be read: ${text.error}`)
  const found = text.value.match(certificates) ?? []
  if (found.length === 0) return fail('the file holds no certificate: name a PEM file')
  return found.every(isCertificate) ? ok(text.value) : fail('the file holds a certificate that cannot be read')
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}
