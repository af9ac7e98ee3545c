// The business, for the contract's owner: what was earned, what is for sale, who is online. Changes of the contract are
// transactions of the wallet; connections and profiles are the gate's matter.

import { getAddress, isAddress, parseUnits } from 'viem/utils'
import type { Address } from 'viem'
import { Problem, get, post } from '../api'
import type { Business, Holding, LiveSession, Offer } from '../api'
import { button, byId, el, redraw, setText, show } from '../dom'
import { amount, bytes, duration, moment, shortAddress } from '../format'
import { Refusal } from '../refusal'
import { alert, draw, owns, run, say, state, view, words } from '../state'
import type { Wallet } from '../wallet'

const POLL_MS = 3000
const OTHER = 'other'

/** As a token it is the chain's own currency. */
const NOBODY = `0x${'0'.repeat(40)}`

let business: Business | undefined
let trouble = ''
let reading = false
let readFor: Wallet | undefined

let change: (functionName: string, args: unknown[]) => Promise<void>
let decimalsOf: (token: Address) => Promise<number>

const payee = byId<HTMLInputElement>('owner-to')
const price = byId<HTMLInputElement>('product-price')
const currency = byId<HTMLSelectElement>('product-currency')
const tokenAddress = byId<HTMLInputElement>('product-token')
const time = byId<HTMLInputElement>('product-time')
const unit = byId<HTMLSelectElement>('product-unit')
const dialog = byId<HTMLDialogElement>('owner-end')
const reason = byId<HTMLInputElement>('owner-reason')
let ending: LiveSession | undefined

async function read() {
  const { wallet } = state
  if (reading || !wallet) return
  reading = true
  try {
    const answer = await get<Business>('/api/owner')
    if (state.wallet === wallet) business = answer
    trouble = ''
  } catch (error) {
    if (error instanceof Problem && [401, 403].includes(error.status)) business = undefined
    trouble = words(error)
  } finally {
    reading = false
    draw()
  }
}

setInterval(() => {
  if (readFor && !document.hidden) void read()
}, POLL_MS)

view(() => {
  const signedIn = owns() && state.me !== undefined
  show(byId('owner'), owns())
  show(byId('owner-sign-in'), !signedIn)
  show(byId('owner-signed-in'), signedIn)
  if (!signedIn) {
    readFor = business = undefined
    trouble = ''
    payee.value = profileWallet.value = profileDevice.value = ''
    if (dialog.open) dialog.close()
  } else if (readFor !== state.wallet) {
    readFor = state.wallet
    payee.value = state.wallet?.address ?? ''
    void read()
  }
  setText(byId('owner-trouble'), trouble)
  const { books } = business ?? {}
  redraw(byId('owner-balances'), books?.balances, () => (books?.balances ?? []).map(holding))
  const counting = books !== undefined && books.countedTo < books.block
  setText(
    byId('owner-books'),
    business && !books
      ? 'The chain does not tell the takings just now.'
      : counting
        ? `What was sold is still being counted: block ${Math.max(0, books.countedTo)} of ${books.block}.`
        : '',
  )
  const offers = signedIn ? (state.offers ?? []) : []
  redraw(byId('owner-products'), [offers, books?.sold], () => offers.map(product))
  const chosen = currency.value
  redraw(currency, [symbol(), tokens()], () => [
    el('option', { value: '' }, symbol()),
    ...tokens().map(([address, name]) => el('option', { value: address }, `${name} (${shortAddress(address)})`)),
    el('option', { value: OTHER }, 'Another token'),
  ])
  // Tokens come and do not go: what was chosen is there again.
  currency.value = chosen
  show(byId('product-token-field'), currency.value === OTHER)
  const paused = state.gateway?.paused === true
  setText(byId('owner-pause'), paused ? 'Allow sales again' : 'Pause all sales')
  setText(byId('owner-paused'), paused ? 'Nothing can be bought now.' : 'What is on sale can be bought.')
  sessions(business?.sessions ?? [])
})

function symbol(): string {
  return state.gateway?.chain.currency.symbol ?? ''
}

/** Those that something is or was sold for. */
function tokens(): [string, string][] {
  const known = new Map<string, string>()
  for (const offer of state.offers ?? []) if (offer.token) known.set(offer.token, offer.symbol)
  return [...known]
}

// Takings

function holding(held: Holding): HTMLElement {
  const name = `owner-held-${held.token ?? 'coin'}`
  const text = amount(BigInt(held.amount), held.decimals, held.symbol)
  const out = button(
    'Withdraw',
    () =>
      void run(out, async () => {
        const to = payee.value.trim()
        if (!isAddress(to) || to === NOBODY) {
          payee.focus()
          throw new Refusal('Write the address the money goes to: 0x and 40 digits, with capitals where they belong.')
        }
        await changed('withdraw', [held.token ?? NOBODY, getAddress(to)], `Withdrawn to ${shortAddress(to)}.`)
      }),
    'quiet',
  )
  out.setAttribute('aria-describedby', name)
  out.disabled = BigInt(held.amount) <= 0n
  return el('li', {}, el('p', { id: name }, el('strong', {}, text), held.token ? el('br') : null, held.token), out)
}

/** What the wallet sent is in a block. */
async function changed(functionName: string, args: unknown[], done: string) {
  say('Open your wallet and confirm.')
  const { wallet } = state
  await change(functionName, args)
  if (state.wallet !== wallet) return
  alert(done, 'good')
  await read()
}

// Products

function product(offer: Offer): HTMLElement {
  const name = `owner-product-${offer.id}`
  const sold = business?.books?.sold.find((one) => one.product === offer.id)
  const earned = sold && amount(BigInt(sold.amount), offer.decimals, offer.symbol)
  const flip = button(
    offer.active ? 'Take off sale' : 'Put on sale',
    () =>
      void run(flip, () =>
        changed(
          'setActive',
          [BigInt(offer.id), !offer.active],
          offer.active ? `Offer ${offer.id} is off sale.` : `Offer ${offer.id} is on sale.`,
        ),
      ),
    'quiet',
  )
  flip.setAttribute('aria-describedby', name)
  return el(
    'li',
    {},
    el(
      'p',
      { id: name },
      el('strong', {}, `${duration(offer.duration)} for ${amount(BigInt(offer.price), offer.decimals, offer.symbol)}`),
      el('br'),
      el(
        'span',
        { class: 'aside' },
        `Offer ${offer.id}, ${offer.active ? 'on sale' : 'off sale'}` +
          (business?.books ? `, sold ${sold ? `${sold.count} for ${earned}` : '0'}` : ''),
      ),
    ),
    flip,
  )
}

async function add() {
  const seconds = Number(time.value.trim()) * Number(unit.value)
  if (!/^\d+$/.test(time.value.trim()) || seconds === 0 || seconds > 0xffffffff) {
    time.focus()
    throw new Refusal('Write the time as a whole number above 0.')
  }
  const address = currency.value === OTHER ? tokenAddress.value.trim() : currency.value
  if (address !== '' && !isAddress(address)) {
    tokenAddress.focus()
    throw new Refusal('That is no address of a token: 0x and 40 digits, and capital letters where they belong.')
  }
  const written = [price.value, time.value]
  const decimals = address === '' ? 18 : await decimalsOf(getAddress(address))
  const [, , fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(price.value.trim()) ?? []
  if (!/^\d+(\.\d+)?$/.test(price.value.trim()) || fraction.length > decimals) {
    price.focus()
    throw new Refusal(`Write the price as a number such as 0.01, with ${decimals} digits behind the point at the most.`)
  }
  await changed(
    'addProduct',
    [address === '' ? NOBODY : getAddress(address), parseUnits(price.value.trim(), decimals), seconds],
    'The product is on sale.',
  )
  // Unless the next one is being written already.
  if (price.value === written[0] && time.value === written[1]) price.value = time.value = ''
}

// Who is online

function sessions(live: LiveSession[]) {
  setText(byId('owner-nobody'), business && live.length === 0 ? 'Nobody is connected.' : '')
  redraw(
    byId('owner-sessions'),
    live.map((one) => [
      one.id,
      one.wallet,
      one.state,
      one.tunnelAddress,
      one.tunnelAddress6,
      one.realAddress,
      one.device,
    ]),
    () => live.map(row),
  )
  for (const one of live) setText(byId(`${nameOf(one)}-traffic`), traffic(one))
}

function nameOf(session: LiveSession): string {
  return `owner-${session.id.replace(/\W/g, '-')}`
}

function traffic(session: LiveSession): string {
  if (session.state === 'ending') return 'is being ended'
  const until = session.until === undefined ? '' : ` until ${moment(session.until)}`
  return `since ${moment(session.since)}${until}, ${bytes(session.bytesOut)} down, ${bytes(session.bytesIn)} up`
}

function row(session: LiveSession): HTMLElement {
  const name = nameOf(session)
  const stop = button(
    'Disconnect',
    () => {
      ending = session
      setText(byId('owner-end-who'), `${session.wallet}, ${session.id}`)
      dialog.showModal()
    },
    'quiet',
  )
  stop.setAttribute('aria-describedby', name)
  const where = [
    session.id,
    session.tunnelAddress,
    session.tunnelAddress6,
    `from ${session.realAddress || 'an unknown address'}`,
  ]
  return el(
    'li',
    {},
    el(
      'p',
      { id: name },
      el('strong', { class: 'mono' }, session.wallet),
      el('br'),
      where.filter(Boolean).join(', '),
      el('br'),
      el('span', { class: 'aside', id: `${name}-traffic` }, traffic(session)),
    ),
    session.state === 'ending' ? null : el('span', { class: 'buttons' }, stop, forget(session, name)),
  )
}

function forget({ wallet, device }: LiveSession, name: string): HTMLElement | null {
  if (device === undefined) return null
  const node = button(
    'Revoke its profile',
    () => {
      if (!confirm('This device is disconnected, and its customer needs a new profile for it. Go on?')) return
      void run(node, async () => {
        await post('/api/owner/revoke', { wallet, device })
        alert('That profile is revoked.', 'good')
        await read()
      })
    },
    'quiet',
  )
  node.setAttribute('aria-describedby', name)
  return node
}

byId('owner-end-no').addEventListener('click', () => dialog.close())
byId('owner-end-yes').addEventListener('click', () => {
  const session = ending
  if (!session) return
  if (reason.value.trim() === '') {
    reason.focus()
    return
  }
  dialog.close()
  void run(byId('owner-sessions'), async () => {
    const { wallet, id } = session
    await post('/api/owner/disconnect', { wallet, session: id, reason: reason.value.trim() })
    say('Disconnected.')
    await read()
  })
})
const profileWallet = byId<HTMLInputElement>('owner-profile-wallet')
const profileDevice = byId<HTMLInputElement>('owner-profile-device')

/** One that is not connected, by what its customer says. */
async function revokeByNumber() {
  const wallet = profileWallet.value.trim()
  const device = profileDevice.value.trim().toLowerCase()
  if (!isAddress(wallet)) {
    profileWallet.focus()
    throw new Refusal('Write the wallet: 0x and 40 digits, with capitals where they belong.')
  }
  if (!/^[0-9a-f]{16}$/.test(device)) {
    profileDevice.focus()
    throw new Refusal('Write the number of the profile: 16 digits from 0 to 9 and a to f.')
  }
  await post('/api/owner/revoke', { wallet, device })
  profileWallet.value = profileDevice.value = ''
  alert(`Profile ${device} is revoked.`, 'good')
  await read()
}

byId('owner-profile-revoke').addEventListener('click', () => void run(byId('owner-profile-revoke'), revokeByNumber))
currency.addEventListener('change', draw)
byId('product-add').addEventListener('click', () => void run(byId('product-add'), add))
byId('owner-pause').addEventListener(
  'click',
  () =>
    void run(byId('owner-pause'), () =>
      state.gateway?.paused
        ? changed('unpause', [], 'Sales are allowed again.')
        : changed('pause', [], 'All sales are paused. Time already bought stays as it is.'),
    ),
)

/** What needs the wallet: signing in, changing the contract, asking a token who it is. */
export function onOwner(signIn: () => Promise<void>, changing: typeof change, asking: typeof decimalsOf) {
  change = changing
  decimalsOf = asking
  const node = byId('owner-sign-in-button')
  node.addEventListener('click', () => void run(node, signIn))
}
