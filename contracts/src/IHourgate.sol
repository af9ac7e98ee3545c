// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Hourgate: sells time on a server, one wallet at a time
/// @notice The specification of the contract. A customer buys a product, which moves the end of an account's time; a
/// gate in front of the server reads that end with `accessOf` and lets the account in until then.
/// @dev Ownership (`owner`, `pendingOwner`, `transferOwnership`, `acceptOwnership`) is OpenZeppelin's `Ownable2Step`,
/// `paused` is its `Pausable`; their errors and events belong to this contract too, as does
/// `ReentrancyGuardReentrantCall`: a token or recipient of ether that calls back cannot buy, claim or withdraw meanwhile.
/// All times are unix seconds.
///
/// What the owner can do: add products, stop selling one, pause all purchases, give time away, withdraw the takings, and
/// end an account's time at once (`refund`), giving back as much ether as it chooses, which may be none.
/// What the owner cannot do: change a product's price, token or duration, move time from one account to another, revoke
/// anybody's credentials, take ether once credited by a refund, reach tokens beyond the price of a purchase its payer
/// makes, or buy or be given time. A pause leaves time already bought, `grant`, `refund`, `claim`, `revokeCredentials`
/// and `withdraw` as they are. An account that becomes the owner keeps the time it had.
///
/// Tokens: whatever the owner adds a product for, as long as exactly the price arrives. A token that returns nothing
/// instead of true is taken; a transfer that returns false, or that delivers less or more than the price, is not a
/// payment: such a purchase reverts, whatever the token's fee or rounding. A refund is always in ether.
interface IHourgate {
    /// @notice What the gate asks about one account.
    /// @param paidUntil The second at which the account's time ends; that second itself is no longer paid. 0: never paid.
    /// @param credentialsFrom Every credential issued at or before this second is refused. 0: none was ever revoked.
    struct Access {
        uint64 paidUntil;
        uint64 credentialsFrom;
    }

    /// @notice A product was added and is for sale.
    /// @param id The product's number; the first is 0, the next one more.
    /// @param token What the price is paid in; the zero address is ether.
    /// @param price The price in the token's smallest unit.
    /// @param duration The seconds one purchase adds.
    event ProductAdded(uint256 indexed id, address indexed token, uint96 price, uint32 duration);

    /// @notice The owner set whether a product is for sale.
    /// @param id The product.
    /// @param active True if it is for sale from now on.
    event ProductActive(uint256 indexed id, bool active);

    /// @notice A product was paid for.
    /// @param id The product.
    /// @param account Whose time was extended.
    /// @param payer Who paid.
    /// @param price What was paid.
    /// @param paidUntil The new end of the account's time.
    event ProductPurchased(
        uint256 indexed id, address indexed account, address indexed payer, uint256 price, uint64 paidUntil
    );

    /// @notice What `accessOf` answers for an account may have changed: read it again. Every path that changes it emits
    /// this event, so a reader needs no other.
    /// @param account The account.
    /// @param paidUntil The end of its time after the change.
    event AccessChanged(address indexed account, uint64 paidUntil);

    /// @notice An account revoked all its credentials issued so far.
    /// @param account The account.
    /// @param credentialsFrom The second up to which, that second included, issued credentials are refused.
    event CredentialsRevoked(address indexed account, uint64 credentialsFrom);

    /// @notice The owner ended an account's time and credited ether to a payee, who takes it with `claim`.
    /// @param account Whose time ended.
    /// @param payee Who was credited.
    /// @param amount How much, in wei; may be 0.
    event Refunded(address indexed account, address indexed payee, uint256 amount);

    /// @notice A payee took out what was credited.
    /// @param payee Who was credited.
    /// @param to Who received it.
    /// @param amount How much, in wei.
    event Claimed(address indexed payee, address indexed to, uint256 amount);

    /// @notice The owner took out the takings.
    /// @param token What was taken out; the zero address is ether.
    /// @param to Who received it.
    /// @param amount How much, in the token's smallest unit.
    event Withdrawn(address indexed token, address indexed to, uint256 amount);

    /// @notice There is no product with this number.
    /// @param id The number asked for.
    error UnknownProduct(uint256 id);

    /// @notice The product is not for sale at present.
    /// @param id The product.
    error ProductInactive(uint256 id);

    /// @notice The ether sent is not exactly the price; for a product paid in a token, not exactly 0.
    /// @param expected The ether that belongs to the call, in wei.
    /// @param got The ether sent.
    error WrongValue(uint256 expected, uint256 got);

    /// @notice The token's transfer did not deliver exactly the price: it takes a fee, rounds, or moves balances otherwise.
    /// @param token The token.
    /// @param price The price.
    /// @param received By how much this contract's balance grew; 0 if it fell.
    error WrongPayment(address token, uint256 price, uint256 received);

    /// @notice A product needs a price above 0 and a duration from 1 second to `MAX_AHEAD`.
    /// @param price The price given.
    /// @param duration The duration given.
    error BadProduct(uint96 price, uint32 duration);

    /// @notice There is no contract at the token's address.
    /// @param token The address given.
    error UnsupportedToken(address token);

    /// @notice The time would end more than `MAX_AHEAD` from now.
    /// @param paidUntil Where it would end.
    /// @param limit The latest end allowed now.
    error TooFarAhead(uint64 paidUntil, uint64 limit);

    /// @notice A grant of 0 seconds.
    error ZeroDuration();

    /// @notice The zero address was given as an account or a recipient.
    error ZeroAccount();

    /// @notice The owner can neither pay for time nor receive it.
    /// @param owner The owner, found as payer or account.
    error OwnerNotAllowed(address owner);

    /// @notice Nothing is credited to the sender.
    /// @param payee The sender.
    error NothingToClaim(address payee);

    /// @notice The recipient did not take the ether.
    /// @param to The recipient.
    /// @param amount How much it was to receive.
    error TransferFailed(address to, uint256 amount);

    /// @notice The contract must keep an owner, or nobody could withdraw.
    error CannotRenounce();

    /// @notice Buys a product for the sender.
    /// @dev A price in ether is sent as value, exactly. A price in a token is taken from the sender, who has approved this
    /// contract for it before, and no ether is sent. The new end is the later of now and the old end, plus the duration.
    /// Reverts with `EnforcedPause`, `UnknownProduct`, `ProductInactive`, `WrongValue`, `OwnerNotAllowed` or
    /// `TooFarAhead`; for a token also with `WrongPayment`, with `SafeERC20FailedOperation` if the token returns false, or
    /// with the token's own reason. Emits `ProductPurchased` and `AccessChanged`.
    /// @param id The product.
    function purchaseProduct(uint256 id) external payable;

    /// @notice Buys a product for another account: a present, or the key of a device.
    /// @dev Like `purchaseProduct`; reverts with `ZeroAccount` too. Neither payer nor account may be the owner.
    /// @param id The product.
    /// @param account Whose time is extended.
    function purchaseFor(uint256 id, address account) external payable;

    /// @notice Buys a product priced in a token, with the sender's signed permit (EIP-2612) instead of an approval.
    /// @dev Like `purchaseFor`; reverts with `WrongValue` for a product priced in ether. The permit is the sender's, with
    /// this contract as spender. A permit that the token refuses is passed over: somebody may have handed it in already,
    /// and an allowance is an allowance. Without one the payment reverts with the token's reason.
    /// @param id The product.
    /// @param account Whose time is extended; the sender or another.
    /// @param value The allowance signed, at least the price.
    /// @param deadline The last second of the permit.
    /// @param v Of the signature.
    /// @param r Of the signature.
    /// @param s Of the signature.
    function purchaseWithPermit(
        uint256 id,
        address account,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Sends all ether credited to the sender by refunds.
    /// @dev Anybody, paused or not. Reverts with `NothingToClaim`, `ZeroAccount` or `TransferFailed`; the credit stays
    /// then. Emits `Claimed`.
    /// @param to Who receives it: the sender or another.
    function claim(address to) external;

    /// @notice Refuses every credential of the sender issued up to now; paid time stays.
    /// @dev "Now" is the block's time, which may differ from a wall clock by some seconds; calling again later covers what
    /// was issued in between. Anybody may call it, paused or not. Emits `CredentialsRevoked` and `AccessChanged`.
    function revokeCredentials() external;

    /// @notice Adds a product, which is for sale at once. It never changes: a new price is a new product.
    /// @dev Only the owner. Reverts with `UnsupportedToken` or `BadProduct`. Emits `ProductAdded`.
    /// @param token What the price is paid in: the zero address is ether, else an ERC-20 contract on this chain.
    /// @param price The price in the token's smallest unit, above 0.
    /// @param duration The seconds one purchase adds, from 1 to `MAX_AHEAD`.
    /// @return id The product's number.
    function addProduct(address token, uint96 price, uint32 duration) external returns (uint256 id);

    /// @notice Takes a product off sale, or puts it back.
    /// @dev Only the owner. Reverts with `UnknownProduct`. Emits `ProductActive`.
    /// @param id The product.
    /// @param active True for sale, false for not.
    function setActive(uint256 id, bool active) external;

    /// @notice Gives time away, by the rules of a purchase but free, and also while purchases are paused.
    /// @dev Only the owner. Reverts with `ZeroAccount`, `ZeroDuration`, `OwnerNotAllowed` or `TooFarAhead`. Emits
    /// `AccessChanged`.
    /// @param account Whose time is extended.
    /// @param secs The seconds to add.
    function grant(address account, uint32 secs) external;

    /// @notice Ends an account's time now, and credits the ether sent with the call to a payee, who takes it with `claim`.
    /// @dev Only the owner, who pays: neither the takings nor other credits are touched, so each credit is covered. How much
    /// is given back, and to whom, is the owner's decision; nothing is a refund too, for one who paid in a token and got
    /// that back, or none. Time that is over already stays as it is; nobody's end moves forward. Also while paused, and
    /// for an account that never paid. Reverts with `ZeroAccount`. Emits `AccessChanged` and `Refunded`.
    /// @param account Whose time ends.
    /// @param payee Who is credited: the account or another, such as the one who paid for it. Only it can call `claim`.
    function refund(address account, address payee) external payable;

    /// @notice Takes out the takings: all ether that is not credited to anybody, or the whole balance of a token.
    /// @dev Only the owner, paused or not. Reverts with `ZeroAccount`; for ether with `TransferFailed`; for a token with
    /// `UnsupportedToken`, with `SafeERC20FailedOperation` if it returns false, or with its own reason. Emits `Withdrawn`.
    /// @param token What to take out; the zero address is ether. Any token, with a product or without.
    /// @param to Who receives it.
    function withdraw(address token, address to) external;

    /// @notice Stops all purchases, and nothing else.
    /// @dev Only the owner; reverts with `EnforcedPause` if paused already.
    function pause() external;

    /// @notice Allows purchases again.
    /// @dev Only the owner; reverts with `ExpectedPause` if not paused.
    function unpause() external;

    /// @notice The ether credited to a payee by refunds and not yet claimed.
    /// @param payee The payee.
    /// @return The credit in wei.
    function claimable(address payee) external view returns (uint256);

    /// @notice The ether credited to all payees together; the contract always holds at least as much.
    /// @return The sum of all credits in wei.
    function claimableTotal() external view returns (uint256);

    /// @notice How far ahead of now an account's time may end, in seconds.
    // solhint-disable-next-line func-name-mixedcase
    function MAX_AHEAD() external view returns (uint32);

    /// @notice The owner of the contract.
    /// @return The same as `owner()`.
    function getOwner() external view returns (address);

    /// @notice How many products there are, on sale or not; their numbers run from 0.
    /// @return The number of products.
    function productCount() external view returns (uint256);

    /// @notice One product.
    /// @dev Reverts with `UnknownProduct`.
    /// @param id The product.
    /// @return token What the price is paid in; the zero address is ether.
    /// @return price The price in the token's smallest unit.
    /// @return duration The seconds one purchase adds.
    /// @return active True if it is for sale.
    function product(uint256 id) external view returns (address token, uint96 price, uint32 duration, bool active);

    /// @notice The second at which an account's time ends; that second itself is no longer paid.
    /// @param account The account.
    /// @return The end, in the past if the time is over, 0 if the account never had any.
    function paidUntil(address account) external view returns (uint64);

    /// @notice What a gate needs to know about many accounts, in one call.
    /// @param accounts The accounts, in any order, repeated or not.
    /// @return One entry for each, in the same order.
    function accessOf(address[] calldata accounts) external view returns (Access[] memory);
}
