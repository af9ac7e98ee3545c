// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Hourgate} from "../../src/Hourgate.sol";
import {IHourgate} from "../../src/IHourgate.sol";
import {vm, Vm} from "../Vm.sol";

/// @dev Does what anybody can do, in any order, and keeps its own books beside the contract. Before each call it works
/// out from the books whether the call must succeed or with which error it must revert; after each call it compares,
/// and checks that whoever's access changed was announced. One of the actors is the owner; which one may change.
contract HourgateHandler {
    struct BookedProduct {
        uint96 price;
        uint32 duration;
        bool active;
    }

    uint256 private constant MAX_AHEAD = 63_072_000;

    Hourgate public immutable hourgate;
    address[] private _actors;

    // The books.
    address public owner;
    address public pendingOwner;
    bool public paused;
    uint256 public takings;
    BookedProduct[] private _products;
    mapping(address => IHourgate.Access) private _booked;
    mapping(address => uint64) private _announced;

    // What was reached, so that a test can see that none of this passes for want of calls.
    uint256 public calls;
    uint256 public accessChanges;
    mapping(bytes4 functionCalled => mapping(bytes4 errorOrZero => uint256)) public seen;

    constructor(address firstOwner) {
        owner = firstOwner;
        hourgate = new Hourgate(firstOwner);
        _actors = [firstOwner, address(0xA11CE), address(0xB0B), address(0xCA401), address(0xDA4E)];
    }

    // ---- actions -------------------------------------------------------------------------------------------------

    function purchaseProduct(uint256 actor, uint256 productId, uint256 value) external {
        address buyer = _actor(actor);
        (uint256 id, uint256 paid) = _choice(productId, value);
        _act(buyer, paid, abi.encodeCall(IHourgate.purchaseProduct, (id)), _purchaseError(buyer, id, paid, buyer));
        if (_succeeded) _bookPurchase(id, buyer);
    }

    function purchaseFor(uint256 actor, uint256 productId, uint256 value, uint256 receiver) external {
        address buyer = _actor(actor);
        (uint256 id, uint256 paid) = _choice(productId, value);
        address account = receiver % 16 == 0 ? address(0) : _actor(receiver / 16);
        _act(
            buyer, paid, abi.encodeCall(IHourgate.purchaseFor, (id, account)), _purchaseError(buyer, id, paid, account)
        );
        if (_succeeded) _bookPurchase(id, account);
    }

    function grant(uint256 actor, uint256 receiver, uint32 secs) external {
        address account = receiver % 16 == 0 ? address(0) : _actor(receiver / 16);
        secs = secs % 8 == 0 ? 0 : uint32(secs % (MAX_AHEAD + MAX_AHEAD / 4));
        address caller = _mostlyOwner(actor);
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && secs == 0) refusal = abi.encodeWithSelector(IHourgate.ZeroDuration.selector);
        if (refusal.length == 0) refusal = _extensionError(account, secs);
        _act(caller, 0, abi.encodeCall(IHourgate.grant, (account, secs)), refusal);
        if (_succeeded) _bookExtension(account, secs);
    }

    function revokeCredentials(uint256 actor) external {
        address caller = _actor(actor);
        _act(caller, 0, abi.encodeCall(IHourgate.revokeCredentials, ()), "");
        _booked[caller].credentialsFrom = uint64(block.timestamp);
    }

    function addProduct(uint256 actor, uint256 token, uint96 price, uint32 duration) external {
        address paidIn = token % 8 == 0 ? address(0x70CE) : address(0);
        price = price % 8 == 0 ? 0 : price;
        // most of them short, so that time runs out and is bought again; some too long to exist
        duration = uint32(duration % 4 == 0 ? duration % (MAX_AHEAD + MAX_AHEAD / 8) : duration % 30 days);
        address caller = _mostlyOwner(actor);
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && paidIn != address(0)) {
            refusal = abi.encodeWithSelector(IHourgate.UnsupportedToken.selector, paidIn);
        }
        if (refusal.length == 0 && (price == 0 || duration == 0 || duration > MAX_AHEAD)) {
            refusal = abi.encodeWithSelector(IHourgate.BadProduct.selector, price, duration);
        }
        _act(caller, 0, abi.encodeCall(IHourgate.addProduct, (paidIn, price, duration)), refusal);
        if (_succeeded) {
            vm.assertEq(abi.decode(_returned, (uint256)), _products.length, "number of the new product");
            _products.push(BookedProduct(price, duration, true));
        }
    }

    function setActive(uint256 actor, uint256 productId, uint256 active) external {
        (uint256 id,) = _choice(productId, 0);
        address caller = _mostlyOwner(actor);
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && id >= _products.length) {
            refusal = abi.encodeWithSelector(IHourgate.UnknownProduct.selector, id);
        }
        _act(caller, 0, abi.encodeCall(IHourgate.setActive, (id, active % 4 != 0)), refusal);
        if (_succeeded) _products[id].active = active % 4 != 0;
    }

    function pause(uint256 actor) external {
        address caller = _mostlyOwner(actor);
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && paused) refusal = abi.encodeWithSelector(Pausable.EnforcedPause.selector);
        _act(caller, 0, abi.encodeCall(IHourgate.pause, ()), refusal);
        if (_succeeded) paused = true;
    }

    function unpause(uint256 actor) external {
        address caller = _mostlyOwner(actor);
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && !paused) refusal = abi.encodeWithSelector(Pausable.ExpectedPause.selector);
        _act(caller, 0, abi.encodeCall(IHourgate.unpause, ()), refusal);
        if (_succeeded) paused = false;
    }

    /// @dev The handler itself refuses ether, an actor takes it.
    function withdraw(uint256 actor, uint256 token, uint256 recipient) external {
        address paidIn = token % 8 == 0 ? address(0x70CE) : address(0);
        address to = recipient % 8 == 0 ? address(0) : recipient % 8 == 1 ? address(this) : _actor(recipient / 8);
        address caller = _mostlyOwner(actor);
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && paidIn != address(0)) {
            refusal = abi.encodeWithSelector(IHourgate.UnsupportedToken.selector, paidIn);
        }
        if (refusal.length == 0 && to == address(0)) refusal = abi.encodeWithSelector(IHourgate.ZeroAccount.selector);
        if (refusal.length == 0 && to == address(this)) {
            refusal = abi.encodeWithSelector(IHourgate.TransferFailed.selector, to, takings);
        }
        uint256 before = caller == to ? 0 : to.balance; // _act sets the caller's balance to what it sends: 0
        _act(caller, 0, abi.encodeCall(IHourgate.withdraw, (paidIn, to)), refusal);
        if (_succeeded) {
            vm.assertEq(to.balance - before, takings, "what the recipient got");
            takings = 0;
        }
    }

    function transferOwnership(uint256 actor, uint256 newOwner) external {
        address to = _actor(newOwner);
        address caller = _mostlyOwner(actor);
        _act(caller, 0, abi.encodeCall(hourgate.transferOwnership, (to)), _ownerOnly(caller));
        if (_succeeded) pendingOwner = to;
    }

    function acceptOwnership(uint256 actor) external {
        address caller = actor % 2 == 0 && pendingOwner != address(0) ? pendingOwner : _actor(actor / 2);
        bytes memory refusal;
        if (caller != pendingOwner) {
            refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
        }
        _act(caller, 0, abi.encodeCall(hourgate.acceptOwnership, ()), refusal);
        if (_succeeded) (owner, pendingOwner) = (caller, address(0));
    }

    function renounceOwnership(uint256 actor) external {
        bytes memory refusal = abi.encodeWithSelector(IHourgate.CannotRenounce.selector);
        _act(_mostlyOwner(actor), 0, abi.encodeCall(hourgate.renounceOwnership, ()), refusal);
    }

    function letTimePass(uint32 secs) external {
        vm.warp(block.timestamp + (secs % 4 == 0 ? secs % MAX_AHEAD : secs % 30 days));
        calls++;
        seen[this.letTimePass.selector][0]++;
    }

    // ---- what the books say --------------------------------------------------------------------------------------

    function actors() external view returns (address[] memory) {
        return _actors;
    }

    function products() external view returns (BookedProduct[] memory) {
        return _products;
    }

    function booked(address account) external view returns (IHourgate.Access memory) {
        return _booked[account];
    }

    /// @dev The end of time in the last `AccessChanged` of the account.
    function announced(address account) external view returns (uint64) {
        return _announced[account];
    }

    function _purchaseError(address buyer, uint256 id, uint256 value, address account)
        private
        view
        returns (bytes memory)
    {
        if (paused) return abi.encodeWithSelector(Pausable.EnforcedPause.selector);
        if (id >= _products.length) return abi.encodeWithSelector(IHourgate.UnknownProduct.selector, id);
        BookedProduct memory p = _products[id];
        if (!p.active) return abi.encodeWithSelector(IHourgate.ProductInactive.selector, id);
        if (value != p.price) return abi.encodeWithSelector(IHourgate.WrongValue.selector, p.price, value);
        if (buyer == owner) return abi.encodeWithSelector(IHourgate.OwnerNotAllowed.selector, buyer);
        return _extensionError(account, p.duration);
    }

    function _extensionError(address account, uint256 secs) private view returns (bytes memory) {
        if (account == address(0)) return abi.encodeWithSelector(IHourgate.ZeroAccount.selector);
        if (account == owner) return abi.encodeWithSelector(IHourgate.OwnerNotAllowed.selector, account);
        uint256 ahead = _secondsLeft(account) + secs;
        if (ahead <= MAX_AHEAD) return "";
        return
            abi.encodeWithSelector(IHourgate.TooFarAhead.selector, block.timestamp + ahead, block.timestamp + MAX_AHEAD);
    }

    function _ownerOnly(address caller) private view returns (bytes memory) {
        if (caller == owner) return "";
        return abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
    }

    function _secondsLeft(address account) private view returns (uint256) {
        uint64 end = _booked[account].paidUntil;
        return end < block.timestamp ? 0 : end - block.timestamp;
    }

    function _bookPurchase(uint256 id, address account) private {
        takings += _products[id].price;
        _bookExtension(account, _products[id].duration);
    }

    function _bookExtension(address account, uint256 secs) private {
        _booked[account].paidUntil = uint64(block.timestamp + _secondsLeft(account) + secs);
    }

    // ---- one call, checked ---------------------------------------------------------------------------------------

    bool private _succeeded;
    bytes private _returned;

    function _act(address caller, uint256 value, bytes memory data, bytes memory refusal) private {
        IHourgate.Access[] memory before = hourgate.accessOf(_actors);
        vm.deal(caller, value);
        vm.recordLogs();
        vm.prank(caller);
        (_succeeded, _returned) = address(hourgate).call{value: value}(data);
        vm.assertEq(_succeeded, refusal.length == 0, "succeeds exactly when the books say so");
        if (!_succeeded) vm.assertEq(_returned, refusal, "reverts as the books say");
        calls++;
        seen[bytes4(data)][bytes4(refusal)]++;
        _checkAnnounced(before, hourgate.accessOf(_actors), vm.getRecordedLogs());
    }

    function _checkAnnounced(IHourgate.Access[] memory before, IHourgate.Access[] memory later, Vm.Log[] memory logs)
        private
    {
        for (uint256 i = 0; i < _actors.length; i++) {
            vm.assertGe(later[i].paidUntil, before[i].paidUntil, "paid time never falls");
            vm.assertGe(later[i].credentialsFrom, before[i].credentialsFrom, "a revocation is never undone");
            bool changed =
                later[i].paidUntil != before[i].paidUntil || later[i].credentialsFrom != before[i].credentialsFrom;
            if (!changed) continue;
            accessChanges++;
            vm.assertEq(_announcements(_actors[i], logs), 1, "a change is announced once");
        }
    }

    function _announcements(address account, Vm.Log[] memory logs) private returns (uint256 count) {
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].topics[0] != IHourgate.AccessChanged.selector) continue;
            if (logs[i].topics[1] != bytes32(uint256(uint160(account)))) continue;
            _announced[account] = abi.decode(logs[i].data, (uint64));
            count++;
        }
    }

    // ---- choices -------------------------------------------------------------------------------------------------

    function _actor(uint256 seed) private view returns (address) {
        return _actors[seed % _actors.length];
    }

    function _mostlyOwner(uint256 seed) private view returns (address) {
        return seed % 4 == 0 ? _actor(seed / 4) : owner;
    }

    /// @dev A product, now and then one that does not exist; its price, now and then not quite.
    function _choice(uint256 productSeed, uint256 valueSeed) private view returns (uint256 id, uint256 value) {
        bool exists = productSeed % 16 != 0 && _products.length != 0;
        id = exists ? productSeed % _products.length : _products.length + productSeed % 3;
        uint256 price = exists ? _products[id].price : 1;
        value = valueSeed % 8 == 0 ? price + 1 : valueSeed % 8 == 1 ? price - 1 : price;
    }
}
