// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IHourgate} from "./IHourgate.sol";

/// @title Hourgate
/// @notice Sells time on a server for ether and ERC-20 tokens. `IHourgate` is the specification.
/// @dev An account's end of time falls only by `refund` and is never more than `MAX_AHEAD` from now. Payments stay here
/// until the owner withdraws them, so that no recipient can block a sale. Ether credited by refunds is counted in
/// `claimableTotal`, and `withdraw` never touches it: the balance covers every credit at any time.
///
/// Every function that calls another contract (a token, or a recipient of ether) is `nonReentrant` and has written all
/// it writes before it calls. What such a call can still reach (`grant`, `refund`, `revokeCredentials`, the settings)
/// calls nobody and finds the books in order. There is no `receive`, no upgrade and no constructor setting in the code:
/// every deployment has the same code hash.
contract Hourgate is IHourgate, Ownable2Step, Pausable, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct Product {
        address token;
        uint96 price;
        uint32 duration;
        bool active;
    }

    /// @inheritdoc IHourgate
    uint32 public constant MAX_AHEAD = 2 * 365 days;

    Product[] private _products;

    /// @dev Both halves of an account's access fit one storage slot: one read answers for it.
    mapping(address account => Access) private _access;

    /// @inheritdoc IHourgate
    mapping(address payee => uint256) public claimable;

    /// @inheritdoc IHourgate
    uint256 public claimableTotal;

    /// @param initialOwner The first owner; not the zero address.
    constructor(address initialOwner) Ownable(initialOwner) {}

    /// @inheritdoc IHourgate
    function purchaseProduct(uint256 id) external payable nonReentrant {
        _collect(_sell(id, msg.sender));
    }

    /// @inheritdoc IHourgate
    function purchaseFor(uint256 id, address account) external payable nonReentrant {
        _collect(_sell(id, account));
    }

    /// @inheritdoc IHourgate
    function purchaseWithPermit(
        uint256 id,
        address account,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        Product storage p = _sell(id, account); // has refused a product in ether: this function takes none
        // Whoever saw the permit can have used it up already; then the allowance is there, and if not, the payment fails.
        try IERC20Permit(p.token).permit(msg.sender, address(this), value, deadline, v, r, s) {} catch {}
        _collect(p);
    }

    /// @inheritdoc IHourgate
    function claim(address to) external nonReentrant {
        uint256 amount = claimable[msg.sender];
        require(amount != 0, NothingToClaim(msg.sender));
        claimable[msg.sender] = 0;
        claimableTotal -= amount;
        emit Claimed(msg.sender, to, amount);
        _sendEther(to, amount);
    }

    /// @inheritdoc IHourgate
    function revokeCredentials() external {
        Access storage access = _access[msg.sender];
        access.credentialsFrom = _now();
        emit CredentialsRevoked(msg.sender, access.credentialsFrom);
        emit AccessChanged(msg.sender, access.paidUntil);
    }

    /// @inheritdoc IHourgate
    function addProduct(address token, uint96 price, uint32 duration) external onlyOwner returns (uint256 id) {
        require(token == address(0) || token.code.length != 0, UnsupportedToken(token));
        require(price != 0 && duration != 0 && duration <= MAX_AHEAD, BadProduct(price, duration));
        id = _products.length;
        _products.push(Product({token: token, price: price, duration: duration, active: true}));
        emit ProductAdded(id, token, price, duration);
    }

    /// @inheritdoc IHourgate
    function setActive(uint256 id, bool active) external onlyOwner {
        _product(id).active = active;
        emit ProductActive(id, active);
    }

    /// @inheritdoc IHourgate
    function grant(address account, uint32 secs) external onlyOwner {
        require(secs != 0, ZeroDuration());
        _extend(account, secs);
    }

    /// @inheritdoc IHourgate
    function refund(address account, address payee) external payable onlyOwner {
        require(account != address(0) && payee != address(0), ZeroAccount());
        Access storage access = _access[account];
        if (access.paidUntil > _now()) access.paidUntil = _now();
        claimable[payee] += msg.value;
        claimableTotal += msg.value;
        emit AccessChanged(account, access.paidUntil);
        emit Refunded(account, payee, msg.value);
    }

    /// @inheritdoc IHourgate
    function withdraw(address token, address to) external onlyOwner nonReentrant {
        if (token == address(0)) {
            uint256 amount = address(this).balance - claimableTotal;
            emit Withdrawn(token, to, amount);
            _sendEther(to, amount);
        } else {
            require(token.code.length != 0, UnsupportedToken(token));
            require(to != address(0), ZeroAccount());
            uint256 amount = IERC20(token).balanceOf(address(this));
            emit Withdrawn(token, to, amount);
            IERC20(token).safeTransfer(to, amount);
        }
    }

    /// @inheritdoc IHourgate
    function pause() external onlyOwner {
        _pause();
    }

    /// @inheritdoc IHourgate
    function unpause() external onlyOwner {
        _unpause();
    }

    /// @notice Always reverts with `CannotRenounce`.
    function renounceOwnership() public pure override {
        revert CannotRenounce();
    }

    /// @inheritdoc IHourgate
    function getOwner() external view returns (address) {
        return owner();
    }

    /// @inheritdoc IHourgate
    function productCount() external view returns (uint256) {
        return _products.length;
    }

    /// @inheritdoc IHourgate
    function product(uint256 id) external view returns (address token, uint96 price, uint32 duration, bool active) {
        Product storage p = _product(id);
        return (p.token, p.price, p.duration, p.active);
    }

    /// @inheritdoc IHourgate
    function paidUntil(address account) external view returns (uint64) {
        return _access[account].paidUntil;
    }

    /// @inheritdoc IHourgate
    function accessOf(address[] calldata accounts) external view returns (Access[] memory result) {
        result = new Access[](accounts.length);
        for (uint256 i = 0; i < accounts.length; i++) {
            result[i] = _access[accounts[i]];
        }
    }

    /// @dev All of a purchase but the tokens: `_collect` must follow.
    function _sell(uint256 id, address account) private whenNotPaused returns (Product storage p) {
        p = _product(id);
        require(p.active, ProductInactive(id));
        uint256 value = p.token == address(0) ? p.price : 0;
        require(msg.value == value, WrongValue(value, msg.value));
        require(msg.sender != owner(), OwnerNotAllowed(msg.sender));
        uint64 until = _extend(account, p.duration);
        emit ProductPurchased(id, account, msg.sender, p.price, until);
    }

    /// @dev Takes the price in the product's token from the sender, and sees that exactly it arrived. Ether came with the
    /// call.
    function _collect(Product storage p) private {
        if (p.token == address(0)) return;
        IERC20 token = IERC20(p.token);
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), p.price);
        uint256 received = Math.saturatingSub(token.balanceOf(address(this)), before);
        require(received == p.price, WrongPayment(p.token, p.price, received));
    }

    /// @dev The only place where time is given: the rules that hold for a purchase and for a grant.
    function _extend(address account, uint32 duration) private returns (uint64 until) {
        require(account != address(0), ZeroAccount());
        require(account != owner(), OwnerNotAllowed(account));
        Access storage access = _access[account];
        uint64 start = access.paidUntil > _now() ? access.paidUntil : _now();
        until = start + duration;
        uint64 limit = _now() + MAX_AHEAD;
        require(until <= limit, TooFarAhead(until, limit));
        access.paidUntil = until;
        emit AccessChanged(account, until);
    }

    function _product(uint256 id) private view returns (Product storage) {
        require(id < _products.length, UnknownProduct(id));
        return _products[id];
    }

    function _sendEther(address to, uint256 amount) private {
        require(to != address(0), ZeroAccount());
        (bool taken,) = to.call{value: amount}("");
        require(taken, TransferFailed(to, amount));
    }

    /// @dev A block's time fits 64 bits for longer than the Earth will last.
    function _now() private view returns (uint64) {
        return uint64(block.timestamp);
    }
}
