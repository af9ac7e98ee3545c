// Is it up, and which chain is the wallet on.

import { now } from '../clock'
import { byId, setText, show } from '../dom'
import { duration, moment, time } from '../format'
import { run, state, view, wrongChain } from '../state'
import { chainName, switchChain } from '../wallet'

const REASONS: Record<string, string> = {
  chain_unavailable: 'The gateway can not read the blockchain.',
  overloaded: 'Every place is taken.',
  clock: 'The gateway’s clock is in doubt.',
}

/** Why nobody can connect now; empty when all is well. */
export function downWords(): string {
  const { gateway } = state
  if (!state.linked)
    return `This page has lost touch with the gateway and tries again. What you see is as of ${time(state.heardAt)}.`
  if (!gateway || gateway.ready) return ''
  const words = gateway.reasons.map((code) => {
    if (code !== 'starting') return REASONS[code] ?? `The gateway says: ${code}.`
    return gateway.instances.some((instance) => !instance.attached)
      ? 'The VPN server does not answer.'
      : 'The gateway is starting.'
  })
  return `${full() ? 'Full' : 'Down'}: ${[...new Set(words)].join(' ') || 'The gateway is not ready.'}`
}

export function buyingIsOff(): string {
  return `Buying is off until ${full() ? 'somebody leaves; who has time can extend it' : 'it is back'}.`
}

/** Nothing is wrong but that there is no room: who has a place may still extend. */
export function full(): boolean {
  const { gateway, linked } = state
  return linked && gateway?.ready === false && gateway.reasons.every((code) => code === 'overloaded')
}

/** Which of several servers are down while others serve. */
function away(): string {
  const names = state.gateway?.instances.filter((one) => !one.attached).map((one) => one.name) ?? []
  if (names.length === 0) return ''
  return names.length === 1 ? `, but the server ${names[0]} is down` : `, but the servers ${names.join(', ')} are down`
}

/** "Down since 18:02 (4 minutes)", for those whose time runs on meanwhile. */
export function lostTime(): string {
  const since = state.downSince
  if (since === undefined || full()) return ''
  const minutes = Math.floor((now() - since) / 60)
  return `Down since ${time(since)}${minutes > 0 ? `, ${duration(minutes * 60)} so far` : ''}. Your time runs on meanwhile; the seller can give it back.`
}

view(() => {
  // The page came with a state of its own.
  if (!state.gateway && state.linked) return
  const down = downWords()
  byId('status').className = `status ${state.linked ? (down ? 'down' : 'up') : 'unsure'}`
  setText(byId('status-text'), down ? `${down} ${buyingIsOff()}` : `Up: you can connect now${away()}.`)
  setText(byId('status-time'), state.linked ? `Checked at ${time(state.gateway?.checkedAt ?? state.heardAt)}` : '')
})

view(() => {
  const { gateway, chainId } = state
  const wrong = wrongChain()
  show(byId('chain-banner'), wrong)
  if (!wrong || !gateway || chainId === undefined) return
  const ours = `${gateway.chain.name} (chain ${gateway.chainId})`
  setText(byId('chain-text'), `Your wallet is on ${chainName(chainId)}; this gateway sells on ${ours}.`)
  setText(byId('chain-button'), `Switch to ${gateway.chain.name}`)
})

byId('chain-button').addEventListener('click', () => {
  const { wallet, gateway } = state
  if (wallet && gateway) void run(byId('chain-button'), () => switchChain(wallet.announced.provider, gateway))
})

/** Told to the wallet itself only: whoever has signed in. */
export function bannedWords(banned: { until?: number; reason: string }): string {
  const end = banned.until === undefined ? '' : ` until ${moment(banned.until)}`
  return `The seller has banned this wallet${end}: ${banned.reason.replace(/[.\s]+$/, '')}. It can not connect.`
}
