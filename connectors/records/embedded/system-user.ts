import { readFile } from 'node:fs/promises'

export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Users without files of their own come first: whoever is chosen could read the database's files. */
const preferred = ['postgres', 'daemon', 'bin', 'nobody']

/** A user other than root that the system knows by name: initdb refuses a number without one. */
export async function chooseUser(): Promise<SystemUser> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').flatMap(parseUser)
  const known = preferred.flatMap(name => users.filter(user => user.name === name))
  const user = known[0] ?? users[0]
  if (user === undefined) throw new Error('/etc/passwd lists no user but root')
  return user
}

function parseUser(line: string): SystemUser[] {
  const [name = '', , uid = '', gid = ''] = line.split(':')
  const user = { name, uid: Number(uid), gid: Number(gid) }
  return name !== '' && uid !== '' && user.uid > 0 && user.gid > 0 ? [user] : []
}
