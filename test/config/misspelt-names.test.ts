import { describe, expect, it } from 'vitest'
import { problemsOf } from './surroundings.ts'

describe('a variable that is one slip away from ours', () => {
  it.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['DATABASEURL', 'DATABASE_URL'],
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['ISSUER_URI', 'ISSUER_URL'],
    ['ISUSER_URL', 'ISSUER_URL'],
    ['DATADIR', 'DATA_DIR'],
    ['KEY_DIR', 'KEYS_DIR'],
    ['MASTERKEY', 'MASTER_KEY'],
    ['MASTER_KEY_FIEL', 'MASTER_KEY_FILE'],
    ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
    ['TRUSTED_PROXIE', 'TRUSTED_PROXIES'],
    ['TRUSTEDPROXIS', 'TRUSTED_PROXIES'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['LOG_LEVLE', 'LOG_LEVEL'],
    ['CONFIG_FILES', 'CONFIG_FILE'],
    ['MIGRATIONS_DATABASE_URL', 'MIGRATION_DATABASE_URL'],
    ['TLS_CRET', 'TLS_CERT'],
  ])('%s stops the start and is answered with %s', (name, meant) => {
    const problem = `${name}: unknown name: did you mean ${meant}? If another program owns ${name}, set ${meant} too and this passes`
    expect(problemsOf({ env: { [name]: 'x' } })).toEqual(meant ? [problem] : [])
  })

  it.each([
    'HOSTNAME',
    'HOSTTYPE',
    'HOSTFILE',
    'PORTS',
    'POST',
    'HOSTS',
    'WORKER',
    'WORKDIR',
    'HOME',
    'PATH',
    'PWD',
    'SHLVL',
    'LOGNAME',
    'LOG_LABEL',
    'LOG_FILE',
    'LOG_FORMAT',
    'TLS_PORT',
    'TLS_CA',
    'TLS_CA_FILE',
    'SSL_CERT',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'SSL_KEY_FILE',
    'CONFIG_SITE',
    'CONFIG_DIR',
    'CONFIG_PATH',
    'DATABASE_HOST',
    'DATABASE_PORT',
    'DATABASE_USER',
    'DATABASE_UID',
    'DATABASE_NAME',
    'DATABASE_PASSWORD',
    'MASTER_URL',
    'MASTER_PORT',
    'MASTER_PASS',
    'XDG_DATA_DIRS',
    'XDG_DATA_HOME',
    'METRICS_PORT',
    'BASE_URL',
    'PUBLIC_URL',
    'PGDATA',
    'PGDATABASE',
    'NODE_ENV',
    'NODE_OPTIONS',
    'NODE_UNIQUE_ID',
    'npm_config_loglevel',
    'npm_config_data_dir',
    'log_level',
    'JOURNAL_STREAM',
    'INVOCATION_ID',
    'NOTIFY_SOCKET',
    'CREDENTIALS_DIRECTORY',
    'KUBERNETES_SERVICE_PORT',
    'VITEST_POOL_ID',
    'GITHUB_URL',
    'ISSUER',
    'KEYS',
    'DIRS',
    'TEMP_DIR',
    'BATCH_DIR',
  ])('%s belongs to somebody else', (name) => {
    expect(problemsOf({ env: { [name]: 'x' } })).toEqual([])
  })

  it('passes once the one that was meant is set too, also as NAME_FILE, for then nothing is missed', () => {
    expect(problemsOf({ env: { LOGLEVEL: 'x', LOG_LEVEL: 'info' } })).toEqual([])
    expect(
      problemsOf({ env: { DATABASE_URI: 'x', DATABASE_URL_FILE: './url' }, files: { url: 'postgres://u@h/d' } }),
    ).toEqual([])
  })

  it('passes when it is empty', () => {
    expect(problemsOf({ env: { DATABSE_URL: '' } })).toEqual([])
  })
})

describe('a variable that begins with HEARTHKEY_', () => {
  it.each([
    ['HEARTHKEY_PORT', 'HEARTHKEY_PORT: unknown name: ours carry no prefix, did you mean PORT?'],
    ['HEARTHKEY_ISSUER', 'HEARTHKEY_ISSUER: unknown name: ours carry no prefix'],
    [
      'HEARTHKEY_DATABASE_URL',
      'HEARTHKEY_DATABASE_URL: unknown name: ours carry no prefix, did you mean DATABASE_URL?',
    ],
  ])('%s stops the start', (name, problem) => {
    expect(problemsOf({ env: { [name]: '3000' } })).toEqual([problem])
  })

  it('is left alone where Kubernetes made it from a service of that name', () => {
    const env = {
      HEARTHKEY_SERVICE_HOST: '10.0.0.1',
      HEARTHKEY_SERVICE_PORT: '80',
      HEARTHKEY_SERVICE_PORT_HTTP: '80',
      HEARTHKEY_PORT: 'tcp://10.0.0.1:80',
      HEARTHKEY_PORT_80_TCP: 'tcp://10.0.0.1:80',
      HEARTHKEY_PORT_80_TCP_PROTO: 'tcp',
      HEARTHKEY_PORT_80_TCP_PORT: '80',
      HEARTHKEY_PORT_80_TCP_ADDR: '10.0.0.1',
      HEARTHKEY_DB_SERVICE_HOST: '10.0.0.2',
      HEARTHKEY_DB_PORT: 'tcp://10.0.0.2:5432',
    }
    expect(problemsOf({ env })).toEqual([])
  })
})

describe('a variable that people take for ours', () => {
  it.each([
    ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
    ['DATA_DIRECTORY', 'DATA_DIR'],
    ['DB_URL', 'DATABASE_URL'],
    ['DB_URL_FILE', 'DATABASE_URL'],
  ])('stops the start: %s is %s here', (name, meant) => {
    expect(problemsOf({ env: { [name]: '1' } })).toEqual([expect.stringMatching(new RegExp(`^${name}: .*${meant}`))])
  })

  it('passes where ours is set too', () => {
    expect(problemsOf({ env: { TRUSTED_PROXY: 'x', TRUSTED_PROXIES: '10.0.0.1' } })).toEqual([])
  })
})
