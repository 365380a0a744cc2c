/**
 * Every error a user can meet: code → HTTP status and what to do about it.
 * `docs/errors.md` is generated from this table and a test holds the two together.
 * The message itself names the field and the value and is written where the error is raised.
 */
export const errorTable = {
  // general
  internal: { status: 500, remedy: 'Look up the request id in the log and report it.' },
  unauthorized: { status: 401, remedy: 'Sign in, or send a key as `Authorization: Bearer …`.' },
  forbidden: { status: 403, remedy: 'Ask an owner of the workspace for the right this needs.' },
  'not-found': { status: 404, remedy: 'Check the id; objects of other workspaces are not visible.' },
  conflict: { status: 409, remedy: 'Read the object again and repeat the change on its newest state.' },
  'invalid-request': { status: 400, remedy: 'Correct the named field.' },
  'body-too-large': { status: 413, remedy: 'Send less at once, or raise the limit named in the message.' },
  'unsupported-media-type': { status: 415, remedy: 'Send one of the content types named in the message.' },
  'too-many-requests': { status: 429, remedy: 'Wait as long as `Retry-After` says.' },
  unavailable: { status: 503, remedy: 'Look at /readyz: it names the part that is not ready.' },
  // start
  'invalid-setting': { status: 500, remedy: 'Correct the named setting and start again.' },
  'not-running': {
    status: 503,
    remedy: 'Start it with `npm start`, or set `RISKLOOM_DATA`, or `RISKLOOM_URL` and `RISKLOOM_KEY`.',
  },
  'port-in-use': { status: 500, remedy: 'Stop the other program or set `PORT`.' },
  'data-folder-in-use': { status: 500, remedy: 'Stop the other process or set `RISKLOOM_DATA` to another folder.' },
  'disk-full': { status: 507, remedy: 'Free space in the data folder; intake goes on by itself.' },
  'secret-unreadable': {
    status: 500,
    remedy:
      'Start with the master key this installation was made with (`RISKLOOM_MASTER_KEY` or its key file), or enter the secret again.',
  },
  'unshared-port': { status: 500, remedy: 'Switch the named engine on, or run all roles in one process.' },
  // documents
  'invalid-document': { status: 422, remedy: 'Correct the named node.' },
  'app-not-published': { status: 400, remedy: 'Publish the app first.' },
  'invalid-input': { status: 400, remedy: 'Send the inputs that the start node declares.' },
  // runs
  'node-failed': { status: 422, remedy: 'Open the run: it names the node, its inputs and its error.' },
  'run-stopped': { status: 409, remedy: 'Start the run again.' },
  'limit-exceeded': { status: 422, remedy: 'Make the workflow smaller, or raise the limit named in the message.' },
  'egress-denied': {
    status: 403,
    remedy: 'Open the address with `RISKLOOM_EGRESS_ALLOW=host:port` if it is meant to be reached.',
  },
  'request-failed': { status: 502, remedy: 'Check the address and the other side.' },
  'model-not-found': { status: 422, remedy: 'Add the model: `riskloom models add`.' },
  'model-failed': { status: 502, remedy: 'Check the model’s address, key and quota.' },
  'model-rate-limited': { status: 429, remedy: 'Lower the concurrency or raise the quota at the provider.' },
  'model-output-invalid': { status: 422, remedy: 'Make the prompt or the schema plainer, or take a stronger model.' },
  'classifier-not-found': { status: 422, remedy: 'Train the classifier first.' },
  'sandbox-failed': { status: 422, remedy: 'Correct the code; the message carries its error.' },
  // streams
  'invalid-event': { status: 422, remedy: 'Correct the named field of the event.' },
  'malformed-record': { status: 422, remedy: 'Correct the named line of the source.' },
  'stream-not-found': { status: 404, remedy: 'Create the source first.' },
  'offset-out-of-range': {
    status: 416,
    remedy: 'The record was removed by retention; start from the earliest offset.',
  },
  fenced: { status: 409, remedy: 'Another process took the pipeline over; nothing to do.' },
  'retries-exhausted': { status: 502, remedy: 'Mend the cause that the message names, then redrive the dead letter.' },
  'corrupt-data': {
    status: 500,
    remedy: 'The named file is damaged beyond its last good record; restore it or delete it.',
  },
  // records and analytics
  'records-unavailable': { status: 503, remedy: 'Check that PostgreSQL runs and `DATABASE_URL` is right.' },
  'analytics-unavailable': { status: 503, remedy: 'Check that ClickHouse runs and `CLICKHOUSE_URL` is right.' },
  'analytics-failed': { status: 500, remedy: 'Narrow the range; the message carries the engine’s error.' },
  'migration-failed': { status: 500, remedy: 'The message names the migration; nothing after it was applied.' },
} as const satisfies Record<string, { status: number; remedy: string }>

export type ErrorCode = keyof typeof errorTable
