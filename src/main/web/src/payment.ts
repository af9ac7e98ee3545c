// One payment, from the click until the wallet has sent it. Everything that can go wrong before the wallet opens is found
// by trying the very same transaction with eth_call.

import { decodeFunctionResult, hashStruct, hexToBigInt, keccak256, numberToHex, stringToHex } from 'viem/utils'
import type { Address, Hex } from 'viem'
import type { Gateway, Offer } from './api'
import { now } from './clock'
import { ERC20, HOURGATE, encode, refusalWords } from './contract'
import type { Call } from './contract'
import { amount, about } from './format'
import { remember } from './kept'
import type { Sent } from './kept'
import { Refusal } from './refusal'
import { pause } from './track'
import type { Receipt } from './track'
import { WalletError, ask, walletWords } from './wallet'
import type { Provider, Wallet } from './wallet'

/** More than a purchase takes (58,000 for the first in ether, 110,000 in a token): for when a node can not estimate. */
const GAS = 120_000n
const PERMIT_SECONDS = 3600

/** Of an allowance: takes an old one back, or gives a new one. */
type Allowing = 'reset' | 'approve'

export type Step =
  | { at: 'checking' }
  | { at: 'wallet'; what: 'permit' | Allowing | 'pay' }
  | { at: 'approving'; what: Allowing }
  | { at: 'pending'; sent: Sent; replaced: boolean; known: boolean }
  | { at: 'confirming'; sent: Sent; confirmed: number; of: number }
  | { at: 'gate'; sent: Sent; until: number | undefined }
  | { at: 'reorganised'; sent: Sent }
  | { at: 'done'; sent: Sent; block: number | undefined; until: number }
  | { at: 'cancelled'; sent: Sent }
  | { at: 'reverted'; sent: Sent; why: string }

export class Payment {
  private readonly wallet: Wallet
  private readonly gateway: Gateway
  private readonly offer: Offer
  private readonly title: string
  private readonly account: Address
  private readonly show: (step: Step) => void
  private readonly stop: AbortSignal

  constructor(
    wallet: Wallet,
    gateway: Gateway,
    offer: Offer,
    title: string,
    account: Address,
    show: (step: Step) => void,
    stop: AbortSignal,
  ) {
    this.wallet = wallet
    this.gateway = gateway
    this.offer = offer
    this.title = title
    this.account = account
    this.show = show
    this.stop = stop
  }

  private get provider(): Provider {
    return this.wallet.announced.provider
  }

  private get contract(): Address {
    return this.gateway.contract as Address
  }

  private get own(): boolean {
    return this.account === this.wallet.address
  }

  /** Checks, asks the wallet, and returns what was sent. Throws a Refusal if nothing was. */
  async send(): Promise<Sent> {
    this.show({ at: 'checking' })
    try {
      const call = this.offer.token === undefined ? this.etherCall() : await this.tokenCall(this.offer.token as Address)
      await this.tryOut(call)
      const before = await this.read<bigint>(this.contract, HOURGATE, 'paidUntil', [this.account])
      const nonce = Number(await this.ask<Hex>('eth_getTransactionCount', [this.wallet.address, 'pending']))
      const fromBlock = Number(await this.ask<Hex>('eth_blockNumber'))
      const hash = await this.submit('pay', call)
      const sent: Sent = {
        chainId: this.gateway.chainId,
        contract: this.contract,
        payer: this.wallet.address,
        account: this.account,
        title: this.title,
        price: this.price(BigInt(this.offer.price)),
        hash,
        nonce,
        fromBlock,
        confirmations: this.offer.confirmations ?? this.gateway.confirmations,
        before: Number(before),
        sentAt: now(),
      }
      remember(sent)
      return sent
    } catch (error) {
      if (error instanceof WalletError) throw new Refusal(walletWords(error, 'You declined. Nothing was paid.'))
      throw error
    }
  }

  private etherCall(): Call {
    const price = BigInt(this.offer.price)
    return this.own
      ? encode(this.contract, HOURGATE, 'purchaseProduct', [this.offer.id], price)
      : encode(this.contract, HOURGATE, 'purchaseFor', [this.offer.id, this.account], price)
  }

  /** A token must allow the contract to take the price: by a permit where it knows that, else by a transaction. */
  private async tokenCall(token: Address): Promise<Call> {
    const price = BigInt(this.offer.price)
    const balance = await this.read<bigint>(token, ERC20, 'balanceOf', [this.wallet.address])
    if (balance < price) {
      throw new Refusal(
        `${this.price(price - balance)} is missing: the price is ${this.price(price)}, your wallet has ${this.price(balance)}. Nothing was paid.`,
      )
    }
    const plain = encode(this.contract, HOURGATE, 'purchaseFor', [this.offer.id, this.account])
    if ((await this.allowance(token)) >= price) return plain
    // A refusal that has nothing to do with the allowance is told before anything is signed.
    await this.assertSold()
    const permit = await this.permit(token, price)
    if (permit) return permit
    // Some tokens, USDT for one, change an allowance only from zero or to zero.
    if ((await this.allowance(token)) > 0n && (await this.fails(this.allowing(token, price))))
      await this.allow(token, 'reset', 0n)
    await this.allow(token, 'approve', price)
    return plain
  }

  private allowing(token: Address, value: bigint): Call {
    return encode(token, ERC20, 'approve', [this.contract, value])
  }

  /** Sets the allowance, and waits until the chain knows it. */
  private async allow(token: Address, what: Allowing, value: bigint) {
    const call = this.allowing(token, value)
    await this.tryOut(call)
    const hash = await this.submit(what, call)
    this.show({ at: 'approving', what })
    const enough = (now: bigint) => (what === 'reset' ? now === 0n : now >= value)
    for (let included = 0; !enough(await this.allowance(token)); await pause()) {
      this.assertWanted()
      const receipt = await this.ask<Receipt | null>('eth_getTransactionReceipt', [hash])
      if (receipt && Number(receipt.status) === 0)
        throw new Refusal('The token refused the allowance. Nothing was paid.')
      // Wallets let people change the amount; a lagging node is asked again before that is believed.
      if (receipt && ++included > 3)
        throw new Refusal(
          what === 'reset'
            ? 'The old allowance is still there. Nothing was paid.'
            : `The allowance is smaller than the price, ${this.price(value)}. Nothing was paid.`,
        )
    }
  }

  /** Opens the wallet: for this chain only, where alone the contract is what it is. */
  private async submit(what: Allowing | 'pay', call: Call): Promise<Hex> {
    if (Number(await this.ask<Hex>('eth_chainId')) !== this.gateway.chainId)
      throw new Refusal(
        `Your wallet went to another network: paying needs ${this.gateway.chain.name}. Nothing was paid.`,
      )
    this.assertWanted()
    this.show({ at: 'wallet', what })
    const chainId = numberToHex(this.gateway.chainId)
    return this.ask<Hex>('eth_sendTransaction', [{ ...this.transaction(call), chainId }])
  }

  private assertWanted() {
    if (this.stop.aborted) throw new Refusal('You stopped, or your wallet changed meanwhile. Nothing was paid.')
  }

  private allowance(token: Address): Promise<bigint> {
    return this.read<bigint>(token, ERC20, 'allowance', [this.wallet.address, this.contract])
  }

  private async assertSold() {
    const [, , , active] = await this.read<[Address, bigint, number, boolean]>(this.contract, HOURGATE, 'product', [
      this.offer.id,
    ])
    if (!active) throw new Refusal('This offer is no longer sold. The offers have been read again; nothing was paid.')
    if (await this.read<boolean>(this.contract, HOURGATE, 'paused', [])) {
      throw new Refusal('The seller has paused all sales. Time already bought stays as it is; nothing was paid.')
    }
  }

  /** EIP-2612, if the token speaks it and its domain is the one we would sign for; undefined otherwise. */
  private async permit(token: Address, price: bigint): Promise<Call | undefined> {
    let nonce: bigint
    let domain: { name: string; version: string; chainId: number; verifyingContract: Address }
    try {
      nonce = await this.read<bigint>(token, ERC20, 'nonces', [this.wallet.address])
      const separator = await this.read<Hex>(token, ERC20, 'DOMAIN_SEPARATOR', [])
      // DAI's permit has another shape behind the same domain: its type tells.
      if ((await this.read<Hex>(token, ERC20, 'PERMIT_TYPEHASH', []).catch(() => PERMIT)) !== PERMIT) return undefined
      const version = await this.read<string>(token, ERC20, 'version', []).catch(() => '1')
      const name = await this.read<string>(token, ERC20, 'name', [])
      domain = { name, version, chainId: this.gateway.chainId, verifyingContract: token }
      if (
        hashStruct({ data: domain, primaryType: 'EIP712Domain', types: { EIP712Domain: DOMAIN_FIELDS } }) !== separator
      )
        return undefined
    } catch {
      return undefined
    }
    const deadline = BigInt(Math.floor(now()) + PERMIT_SECONDS)
    const text = JSON.stringify({
      types: { EIP712Domain: DOMAIN_FIELDS, Permit: PERMIT_FIELDS },
      primaryType: 'Permit',
      domain,
      message: {
        owner: this.wallet.address,
        spender: this.contract,
        value: price.toString(),
        nonce: nonce.toString(),
        deadline: deadline.toString(),
      },
    })
    this.assertWanted()
    this.show({ at: 'wallet', what: 'permit' })
    let signature: Hex
    try {
      signature = await this.ask<Hex>('eth_signTypedData_v4', [this.wallet.address, text])
    } catch (error) {
      if (error instanceof WalletError && (error.rejected || error.code === -32002)) throw error
      return undefined
    }
    if (signature.length !== 132) return undefined
    const v = parseInt(signature.slice(130), 16)
    return encode(this.contract, HOURGATE, 'purchaseWithPermit', [
      this.offer.id,
      this.account,
      price,
      deadline,
      v < 27 ? v + 27 : v,
      signature.slice(0, 66),
      `0x${signature.slice(66, 130)}`,
    ])
  }

  private fails(call: Call): Promise<boolean> {
    return this.ask('eth_call', [this.transaction(call), 'latest']).then(
      () => false,
      () => true,
    )
  }

  /** Lets the node run the transaction without sending it, and finds out whether the wallet can pay for it. */
  private async tryOut(call: Call) {
    let failure: unknown
    try {
      await this.ask('eth_call', [this.transaction(call), 'latest'])
    } catch (error) {
      failure = error
      const words = refusalWords(error, this.offer, this.gateway)
      if (words) throw new Refusal(words)
    }
    const balance = hexToBigInt(await this.ask<Hex>('eth_getBalance', [this.wallet.address, 'latest']))
    const gas = await this.ask<Hex>('eth_estimateGas', [this.transaction(call)]).then(hexToBigInt, () => GAS)
    const fee = gas * (await gasPrice(this.provider))
    if (balance < call.value + fee) {
      const { symbol, decimals } = this.gateway.chain.currency
      const price = call.value > 0n ? `the price is ${amount(call.value, decimals, symbol)} and ` : ''
      throw new Refusal(
        `${about(call.value + fee - balance, decimals, symbol)} is missing: ${price}the network fee about ` +
          `${about(fee, decimals, symbol)}, your wallet has ${amount(balance, decimals, symbol)}. Nothing was paid.`,
      )
    }
    if (failure) throw failure
  }

  private transaction(call: Call) {
    return { from: this.wallet.address, to: call.to, value: numberToHex(call.value), data: call.data }
  }

  private async read<T>(to: Address, abi: typeof HOURGATE, functionName: string, args: unknown[]): Promise<T> {
    const { data } = encode(to, abi, functionName, args)
    const result = await this.ask<Hex>('eth_call', [{ to, data }, 'latest'])
    return decodeFunctionResult({ abi, functionName, data: result }) as T
  }

  private price(value: bigint): string {
    return amount(value, this.offer.decimals, this.offer.symbol)
  }

  private ask<T>(method: string, params: unknown[] = []): Promise<T> {
    return ask<T>(this.provider, method, params)
  }
}

const DOMAIN_FIELDS = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
]

const PERMIT_FIELDS = [
  { name: 'owner', type: 'address' },
  { name: 'spender', type: 'address' },
  { name: 'value', type: 'uint256' },
  { name: 'nonce', type: 'uint256' },
  { name: 'deadline', type: 'uint256' },
]

const PERMIT = keccak256(stringToHex(`Permit(${PERMIT_FIELDS.map(({ type, name }) => `${type} ${name}`).join(',')})`))

/** How far a token is divided; refuses what is no token that the gate could show. */
export async function decimalsOf(provider: Provider, token: Address): Promise<number> {
  const read = async <T>(functionName: string) => {
    const { to, data } = encode(token, ERC20, functionName, [])
    const result = await ask<Hex>(provider, 'eth_call', [{ to, data }, 'latest'])
    return decodeFunctionResult({ abi: ERC20, functionName, data: result }) as T
  }
  try {
    await read<string>('symbol')
    return await read<number>('decimals')
  } catch {
    throw new Refusal(`There is no token at ${token} on this network: it does not answer symbol() and decimals().`)
  }
}

async function gasPrice(provider: Provider): Promise<bigint> {
  return hexToBigInt(await ask<Hex>(provider, 'eth_gasPrice'))
}

/** About what the network takes for a purchase. */
export async function fee(provider: Provider): Promise<bigint> {
  return GAS * (await gasPrice(provider))
}
