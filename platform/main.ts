import { Command } from 'commander'
import { apiClient } from './cli/client.ts'
import { remoteCommands } from './cli/commands.ts'
import { localCommands } from './cli/local-commands.ts'
import { printError } from './cli/output.ts'
import { RiskloomError } from '../engine/error.ts'
import { readConfig } from './config.ts'
import { productVersion } from './product.ts'

/** The command line. Exit code 0 or 1; with `--json` one JSON document on stdout. */
async function main(): Promise<void> {
  const environment = process.env
  const result = readConfig(environment)
  const json = process.argv.includes('--json')
  if ('problems' in result) {
    printError(new RiskloomError('invalid-setting', problemList(result.problems), { details: { ...result } }), json)
    return
  }
  const program = new Command('riskloom')
    .description('AI workflows for content-risk operations')
    .version(productVersion())
  program.exitOverride().configureOutput({ writeErr: text => void (json || process.stderr.write(text)) })
  localCommands(program, result.config)
  remoteCommands(program, apiClient(environment, result.config.dataFolder))
  try {
    await program.parseAsync(process.argv)
  } catch (error) {
    if (!isCommanderError(error)) printError(error, json)
    else if (json && error.exitCode !== 0) printError(usageError(error), json)
    else process.exitCode = error.exitCode === 0 ? 0 : 1
  }
}

function problemList(problems: readonly string[]): string {
  return [`${problems.length} setting(s) are wrong:`, ...problems.map(line => `  ${line}`)].join('\n')
}

/** What commander says of a wrong usage, without the help that it may print. */
function usageError({ code, message }: CommanderError): RiskloomError {
  const text = code === 'commander.help' ? 'the command is not complete; see --help' : message.replace(/^error: /, '')
  return new RiskloomError('invalid-request', text)
}

type CommanderError = Error & { readonly code: string; readonly exitCode: number }

/** Help, version and wrong usage: commander has printed its text already. */
function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.') && 'exitCode' in error
}

await main()
