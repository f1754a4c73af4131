// An OpenID provider for tests: npm oidc-provider, which is certified, on a free loopback port.
//
//   node provider.mjs path/to/oidc-provider/lib/index.js
//
// It prints its issuer, and ends with its standard input. What a test needs and no provider
// offers is under /control, which is reached by the tests alone:
//
//   POST /control/client       registers the client of the body
//   POST /control/rotate       signs with a new key from now on; the old one is gone
//   POST /control/accounts     accounts by their sub, with their claims
//   POST /control/clock        goes ahead of the real time by so many milliseconds
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import './node18.mjs'

console.info = console.warn = () => {} // it warns of every default that is for development
const { default: Provider } = await import(pathToFileURL(process.argv[2]))

const records = new Map() // of every kind, by "kind:id"
const accounts = new Map() // claims by sub

// Adapter keeps what a provider stores.
class Adapter {
  constructor(kind) { this.kind = kind }
  key(id) { return `${this.kind}:${id}` }
  async upsert(id, payload) { records.set(this.key(id), payload) }
  async find(id) { return records.get(this.key(id)) }
  async findByUid(uid) { return this.first(r => r.uid === uid) }
  async findByUserCode() {}
  async consume(id) { records.get(this.key(id)).consumed = Math.floor(Date.now() / 1000) }
  async destroy(id) { records.delete(this.key(id)) }
  async revokeByGrantId(grantId) {
    for (const [key, r] of records) if (key.startsWith(this.kind + ':') && r.grantId === grantId) records.delete(key)
  }
  first(is) {
    for (const [key, r] of records) if (key.startsWith(this.kind + ':') && is(r)) return r
  }
}

const realNow = Date.now
let keys = 0

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${++keys}`, use: 'sig', alg: 'ES256' }
}

function newProvider(issuer) {
  const provider = new Provider(issuer, {
    adapter: Adapter,
    jwks: { keys: [newKey()] },
    cookies: { keys: ['of a test'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    claims: { openid: ['sub', 'amr', 'acr'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
    acrValues: ['urn:mfa'],
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ sub, ...accounts.get(sub) }) }),
    async loadExistingGrant(ctx) { // no one is asked for consent
      const { Grant } = ctx.oidc.provider
      const id = ctx.oidc.session.grantIdFor(ctx.oidc.client.clientId)
      const grant = (id && await Grant.find(id)) || new Grant({ accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId })
      grant.addOIDCScope('openid profile email groups')
      await grant.save()
      return grant
    },
    // Without its dispatcher, which refuses addresses of this machine: the office is there.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    renderError: (ctx, out) => { page(ctx, 'Error', `<p>${out.error}: ${out.error_description}</p>`) },
  })
  provider.on('server_error', (_, err) => console.error(err))
  provider.on('backchannel.error', (_, err) => console.error(err))
  return provider
}

function page(ctx, title, body) {
  ctx.type = 'html'
  ctx.body = `<!DOCTYPE html><html lang="en"><title>${title}</title><h1>${title}</h1>${body}</html>`
}

function logoutSource(ctx, form) {
  page(ctx, 'Sign out of the company?', form.replace('</form>', '<button name="logout" value="yes">Sign out</button></form>'))
}

function postLogoutSuccessSource(ctx) { page(ctx, 'Signed out of the company', '') }

const signInForm = `<form method="post">
<label>Account <input name="account" autofocus></label>
<label><input type="checkbox" name="mfa"> with a second factor</label>
<button>Sign in</button> <button name="cancel" value="yes">Cancel</button></form>`

async function interaction(req, res) {
  const details = await provider.interactionDetails(req, res)
  if (req.method === 'GET') {
    const ctx = {}
    page(ctx, 'Company sign-in', `<p>For ${details.params.client_id}</p>` + signInForm)
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    return res.end(ctx.body)
  }
  const form = new URLSearchParams(await text(req))
  const result = form.has('cancel') ? { error: 'access_denied', error_description: 'cancelled' } : {
    login: {
      accountId: form.get('account'),
      ...(form.has('mfa') ? { amr: ['pwd', 'otp', 'mfa'], acr: 'urn:mfa' } : { amr: ['pwd'] }),
    },
  }
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false })
}

async function text(req) {
  let all = ''
  for await (const chunk of req) all += chunk
  return all
}

const controls = {
  client: body => records.set(`Client:${body.client_id}`, body),
  accounts: body => { for (const sub in body) accounts.set(sub, body[sub]) },
  rotate: () => { provider = newProvider(issuer) },
  clock: body => { Date.now = () => realNow() + body.ahead },
}

const server = createServer(async (req, res) => {
  try {
    if (req.url.startsWith('/control/')) {
      controls[req.url.slice('/control/'.length)](JSON.parse(await text(req) || '{}'))
      return res.end()
    }
    if (req.url.startsWith('/interaction/')) return await interaction(req, res)
    return await provider.callback()(req, res)
  } catch (err) {
    console.error(err)
    res.statusCode = 500
    res.end(String(err))
  }
})

let issuer, provider
server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`
  provider = newProvider(issuer)
  process.stdout.write(issuer + '\n')
})
process.stdin.on('close', () => process.exit()).resume()
