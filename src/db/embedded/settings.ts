import type { Accounts } from './account.ts'
import type { Binaries } from './binaries.ts'
import { APP, OWNER, SUPERUSER } from './roles.ts'

/** For one small machine: the whole engine idles in some 30 MB. */
const settings: Readonly<Record<string, string>> = {
  // Reached through the socket alone. Relative, so that the length of the path counts for clients only.
  listen_addresses: '',
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  // Workers × pool, owner's pools and listeners; the superuser keeps a way in when they are all taken.
  max_connections: '100',
  superuser_reserved_connections: '3',
  // What an operator changed with ALTER SYSTEM would silently win over this file.
  allow_alter_system: 'off',

  shared_buffers: '32MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  wal_buffers: '1MB',
  huge_pages: 'off',
  // Some containers have a tiny /dev/shm or none; without parallel workers next to nothing is shared this way.
  dynamic_shared_memory_type: 'mmap',
  io_method: 'sync',
  jit: 'off',
  max_worker_processes: '0',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  max_logical_replication_workers: '0',
  max_replication_slots: '0',
  max_wal_senders: '0',
  autovacuum: 'on',
  autovacuum_worker_slots: '2',
  autovacuum_max_workers: '2',
  random_page_cost: '1.1',
  effective_cache_size: '256MB',
  min_wal_size: '32MB',
  max_wal_size: '256MB',

  // What is acknowledged survives a power cut.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',

  // The log holds no statement, no parameter and no row: not even the key in the DETAIL of a unique violation.
  // The two roles of Hearthkey are quieter still (see prepare.ts): a message itself can quote a value.
  log_destination: 'stderr',
  logging_collector: 'off',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_duration: 'off',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
  log_line_prefix: '%m [%p] ',
  log_timezone: 'UTC',
  update_process_title: 'off',

  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  lc_messages: 'C',
  lc_monetary: 'C',
  lc_numeric: 'C',
  lc_time: 'C',
  default_text_search_config: 'pg_catalog.simple',
}

const header = (engine: string) =>
  `# Written by Hearthkey at every start; a change made here is lost. Engine ${engine}.\n`

/** The files that rule the server, by name. A survivor that was started by other ones is restarted, not adopted. */
export function governingFiles(
  { version }: Binaries,
  { self }: Accounts,
  overrides: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, string> {
  const roles = [SUPERUSER, OWNER, APP]
  const users = [...new Set(['root', self.name])]
  return new Map([
    [
      'postgresql.conf',
      header(version) +
        Object.entries({ ...settings, ...overrides })
          .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
          .join(''),
    ],
    ['pg_hba.conf', `${header(version)}local all ${roles.join(',')} peer map=hearthkey\n`],
    [
      'pg_ident.conf',
      header(version) + users.flatMap((user) => roles.map((role) => `hearthkey ${quoted(user)} ${role}\n`)).join(''),
    ],
  ])
}

const quoted = (user: string) => `"${user.replaceAll('"', '""')}"`
