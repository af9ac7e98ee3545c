// One's own sessions and payments; signed in.

import type { Purchase, Session } from '../api'
import { button, byId, el, link, redraw, setText, show } from '../dom'
import { amount, bytes, duration, moment, shortAddress } from '../format'
import { forgetMade, madeHere } from '../made'
import type { Made } from '../made'
import { disconnect, revoke } from '../pass'
import { alert, owns, run, say, state, view } from '../state'
import { clearConnect } from './connect'

view(() => {
  show(byId('account'), state.wallet !== undefined && !owns())
  const { me, history } = state
  show(byId('sign-in'), me === undefined)
  show(byId('signed-in'), me !== undefined)
  if (!me) {
    redraw(byId('devices'), [], () => [])
    redraw(byId('history'), [], () => [])
    redraw(byId('profiles'), [], () => [])
    return
  }
  const { wallet, gateway } = state
  const made = wallet && gateway ? madeHere(gateway, wallet.address, state.access?.credentialsFrom ?? 0) : []
  show(byId('made'), made.length > 0)
  const connected = made.map((one) => me.sessions.some(({ device }) => device === one.device))
  redraw(byId('profiles'), [made, connected, new Date().toDateString()], () =>
    made.map((one, i) => madeProfile(one, connected[i]!)),
  )
  setText(byId('devices-none'), me.sessions.length === 0 ? 'No device is connected.' : '')
  redraw(
    byId('devices'),
    me.sessions.map(({ id, state, tunnelAddress, tunnelAddress6, realAddress, device }) => [
      id,
      state,
      tunnelAddress,
      tunnelAddress6,
      realAddress,
      device,
    ]),
    () => me.sessions.map(device),
  )
  for (const session of me.sessions) setText(byId(`${nameOf(session)}-traffic`), traffic(session))
  const many = me.limit === 1 ? 'One device at a time' : `${me.limit} devices at a time`
  const full =
    state.gateway?.limits?.whenFull === 'refuse'
      ? 'another one is refused until you disconnect one here'
      : 'another one takes the place of the oldest'
  const each = me.limit === 1 ? '' : ' Each needs a profile of its own: open this page there, or scan a code.'
  setText(byId('devices-limit'), `${many}: ${full}.${each}`)
  setText(
    byId('history-none'),
    history === undefined
      ? 'They can not be read now.'
      : history.length === 0
        ? 'No payment for or by this wallet yet.'
        : '',
  )
  redraw(byId('history'), [history, state.offers], () => (history ?? []).map(purchase))
})

function nameOf(session: Session): string {
  return `device-${session.id.replace(/\W/g, '-')}`
}

function traffic(session: Session): string {
  if (session.state === 'ending') return 'is being ended'
  const counted = session.bytesIn + session.bytesOut > 0
  return `since ${moment(session.since)}${counted ? `, ${bytes(session.bytesOut)} down, ${bytes(session.bytesIn)} up` : ''}`
}

function device(session: Session): HTMLElement {
  const stop = button(
    'Disconnect',
    () =>
      void run(stop, async () => {
        await disconnect(session.id)
        say('Disconnected.')
      }),
    'quiet',
  )
  const name = nameOf(session)
  stop.setAttribute('aria-describedby', name)
  const where = [session.tunnelAddress, session.tunnelAddress6, session.realAddress && `from ${session.realAddress}`]
    .filter(Boolean)
    .join(', ')
  return el(
    'li',
    {},
    el(
      'p',
      { id: name },
      el('strong', {}, where || session.id),
      el('br'),
      el('span', { class: 'aside', id: `${name}-traffic` }, traffic(session)),
    ),
    session.state === 'ending' ? null : el('span', { class: 'buttons' }, stop, forget(session, name)),
  )
}

function madeProfile(made: Made, connected: boolean): HTMLElement {
  const name = `profile-${made.device}`
  return el(
    'li',
    {},
    el(
      'p',
      { id: name },
      el('strong', {}, made.names.join(', ')),
      el('br'),
      el('span', { class: 'aside' }, `made ${moment(made.issued)}, ${connected ? 'connected now' : 'not connected'}, `),
      el('span', { class: 'mono', title: 'What the seller may ask for' }, made.device),
    ),
    forget(made, name, 'Revoke it'),
  )
}

/** A profile that others may have: it is of no use to anybody any more. */
function forget({ device }: Pick<Session, 'device'>, name: string, label = 'Revoke its profile'): HTMLElement | null {
  if (device === undefined) return null
  const node = button(
    label,
    () => {
      if (!confirm('This device is disconnected and needs a new profile. Your other devices stay. Go on?')) return
      const { wallet, gateway } = state
      void run(node, async () => {
        await revoke(device)
        if (wallet && gateway) forgetMade(gateway, wallet.address, device)
        clearConnect()
        alert('That profile is revoked. Download a new one for the device.', 'good')
      })
    },
    'quiet',
  )
  node.setAttribute('aria-describedby', name)
  return node
}

function purchase(one: Purchase): HTMLElement {
  const offer = state.offers?.find((known) => known.id === one.product)
  const explorer = state.gateway?.chain.explorer
  const price = offer ? amount(BigInt(one.price), offer.decimals, offer.symbol) : one.price
  const mine = state.wallet?.address.toLowerCase()
  const whom =
    one.account.toLowerCase() !== mine
      ? ` for ${shortAddress(one.account)}`
      : one.payer.toLowerCase() !== mine
        ? ` from ${shortAddress(one.payer)}`
        : ''
  const hash = `${one.transaction.slice(0, 10)}…${one.transaction.slice(-4)}`
  return el(
    'li',
    {},
    el(
      'p',
      {},
      el('strong', {}, `${offer ? duration(offer.duration) : `Offer ${one.product}`} for ${price}${whom}`),
      el('br'),
      el('span', { class: 'aside' }, `${moment(one.time)}, until ${moment(one.paidUntil)}, block ${one.block}, `),
      el(
        'span',
        { class: 'mono', title: one.transaction },
        explorer ? link(`${explorer}/tx/${one.transaction}`, hash) : hash,
      ),
    ),
  )
}

export function onSignIn(action: () => Promise<void>) {
  const node = byId('sign-in-button')
  node.addEventListener('click', () => void run(node, action))
}

export function onRevoke(action: () => Promise<void>) {
  const dialog = byId<HTMLDialogElement>('revoke')
  const node = byId('revoke-button')
  node.addEventListener('click', () => dialog.showModal())
  byId('revoke-no').addEventListener('click', () => dialog.close())
  byId('revoke-yes').addEventListener('click', () => {
    dialog.close()
    void run(node, action)
  })
}
