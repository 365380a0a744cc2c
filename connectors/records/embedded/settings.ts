/**
 * Settings of the embedded server: small in memory, few processes, nothing lost. Given on the command line, so that
 * a new build's settings hold without touching the data folder.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '40',
  // durability: the defaults, stated because everything rests on them
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // memory
  shared_buffers: '32MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  wal_buffers: '1MB',
  huge_pages: 'off',
  // processes: no replication, no parallel queries, reads done by the backend itself
  io_method: 'sync',
  max_wal_senders: '0',
  max_replication_slots: '0',
  max_logical_replication_workers: '0',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  autovacuum_max_workers: '1',
  jit: 'off',
  // a history that is read in grows tables faster than the default minute lets the planner notice
  autovacuum_naptime: '20s',
  // fewer checkpoints while a history is read in
  checkpoint_timeout: '10min',
  max_wal_size: '512MB',
  min_wal_size: '64MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  // every refused unique key would be a line, with its values
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}

export function serverArguments(dataFolder: string, socketFolder: string): string[] {
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', dataFolder, '-k', socketFolder, ...options]
}
