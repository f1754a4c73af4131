// What oidc-provider needs and Node 18, of Debian 12, lacks. With a later one it changes nothing.
import crypto from 'node:crypto'
import { register } from 'node:module'

globalThis.crypto ??= crypto.webcrypto
URL.parse ??= (url, base) => URL.canParse(url, base) ? new URL(url, base) : null

const module = source => 'data:text/javascript,' + encodeURIComponent(source)

// The names of node:crypto are fixed. So those who import it get another module, with one more.
if (!crypto.hash) {
  const more = module(`
import crypto from 'node:crypto'
export * from 'node:crypto'
export default crypto
export const hash = (algorithm, data, encoding = 'hex') => crypto.createHash(algorithm).update(data).digest(encoding)`)
  register(module(`
export const resolve = (name, context, next) =>
  name === 'node:crypto' && !context.parentURL.startsWith('data:') ? { url: '${more.replaceAll("'", '%27')}', shortCircuit: true } : next(name, context)`))
}
