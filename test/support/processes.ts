import { execFileSync } from 'node:child_process'

/** Ids of the engines that run on a data folder: their command lines name it. */
export function enginesOn(dataFolder: string): number[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap(line => {
    const [, pid, state = '', command = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return pid !== undefined && !state.startsWith('Z') && command.includes(dataFolder) ? [Number(pid)] : []
  })
}
