// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IHourgate} from "./IHourgate.sol";

/// @title Hourgate
/// @notice Sells time on a server for ether. `IHourgate` is the specification.
/// @dev An account's end of time never falls and is never more than `MAX_AHEAD` from now. The takings stay here until
/// the owner withdraws them, so that no recipient can block a sale. The only call to the outside is the last step of
/// `withdraw`, after which nothing is read or written, so a call back finds every function in its usual state. There is
/// no `receive`, no upgrade and no constructor setting in the code: every deployment has the same code hash.
contract Hourgate is IHourgate, Ownable2Step, Pausable {
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

    /// @param initialOwner The first owner; not the zero address.
    constructor(address initialOwner) Ownable(initialOwner) {}

    /// @inheritdoc IHourgate
    function purchaseProduct(uint256 id) external payable {
        _purchase(id, msg.sender);
    }

    /// @inheritdoc IHourgate
    function purchaseFor(uint256 id, address account) external payable {
        _purchase(id, account);
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
        _requireEther(token);
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
    function withdraw(address token, address to) external onlyOwner {
        _requireEther(token);
        require(to != address(0), ZeroAccount());
        uint256 amount = address(this).balance;
        emit Withdrawn(token, to, amount);
        (bool taken,) = to.call{value: amount}("");
        require(taken, TransferFailed(to, amount));
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

    function _purchase(uint256 id, address account) private whenNotPaused {
        Product storage p = _product(id);
        require(p.active, ProductInactive(id));
        require(msg.value == p.price, WrongValue(p.price, msg.value));
        require(msg.sender != owner(), OwnerNotAllowed(msg.sender));
        uint64 until = _extend(account, p.duration);
        emit ProductPurchased(id, account, msg.sender, msg.value, until);
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

    function _requireEther(address token) private pure {
        require(token == address(0), UnsupportedToken(token));
    }

    /// @dev A block's time fits 64 bits for longer than the Earth will last.
    function _now() private view returns (uint64) {
        return uint64(block.timestamp);
    }
}
