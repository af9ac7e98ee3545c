// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Hourgate} from "../../src/Hourgate.sol";
import {IHourgate} from "../../src/IHourgate.sol";
import {FalseToken, FeeToken, PlainToken, SilentToken} from "../Tokens.sol";
import {vm, Vm} from "../Vm.sol";

/// @dev Does what anybody can do, in any order, and keeps its own books beside the contract. Before each call it works
/// out from the books whether the call must succeed or with which error it must revert; after each call it compares,
/// and checks that whoever's access changed was announced. One of the actors is the owner; which one may change.
///
/// Every choice of an action is drawn from its one argument and the handler's salt: handlers with different salts do
/// different things when a fuzzer tells them the same.
contract HourgateHandler {
    struct BookedProduct {
        address token;
        uint96 price;
        uint32 duration;
        bool active;
    }

    /// @dev An account's time in another way: what it was given is what it used, lost and has left.
    struct Seconds {
        uint256 given;
        uint256 used;
        uint256 lost;
    }

    uint256 private constant MAX_AHEAD = 63_072_000;
    address private constant NO_TOKEN = address(0x70CE);
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    Hourgate public immutable hourgate;
    uint256 private immutable _salt;
    address[] private _actors;
    mapping(address actor => uint256) private _keys;

    PlainToken private immutable _plain;
    FeeToken private immutable _fee;
    FalseToken private immutable _false;
    SilentToken private immutable _silent;

    // The books.
    address public owner;
    address public pendingOwner;
    bool public paused;
    mapping(address token => uint256) public takings;
    mapping(address payee => uint256) public credit;
    uint256 public creditTotal;
    BookedProduct[] private _products;
    mapping(address => IHourgate.Access) private _booked;
    mapping(address => Seconds) private _seconds;
    mapping(address => uint64) private _announced;

    // What was reached, so that a test can see that none of this passes for want of calls.
    uint256 public calls;
    uint256 public accessChanges;
    mapping(bytes4 functionCalled => mapping(bytes4 errorOrZero => uint256)) public seen;

    constructor(uint256 salt) {
        _salt = salt;
        for (uint256 key = 1; key <= 5; key++) {
            address actor = vm.addr(key);
            _actors.push(actor);
            _keys[actor] = key;
        }
        owner = _actors[0];
        hourgate = new Hourgate(owner);
        _plain = new PlainToken();
        _fee = new FeeToken();
        _false = new FalseToken();
        _silent = new SilentToken();
    }

    // ---- actions -------------------------------------------------------------------------------------------------

    function purchaseProduct(uint256 seed) external drawing(seed) {
        address buyer = _actor();
        uint256 id = _productId();
        uint256 value = _value(id);
        bytes memory refusal = _sellError(buyer, id, value, buyer);
        (address token, uint256 held, uint256 allowed) = _purse(buyer, id);
        if (refusal.length == 0) refusal = _paymentError(token, buyer, _products[id].price, held, allowed);
        _act(buyer, value, abi.encodeCall(IHourgate.purchaseProduct, (id)), refusal);
        if (_succeeded) _bookPurchase(id, buyer, buyer, held);
    }

    function purchaseFor(uint256 seed) external drawing(seed) {
        address buyer = _actor();
        address account = _actorOrNobody();
        uint256 id = _productId();
        uint256 value = _value(id);
        bytes memory refusal = _sellError(buyer, id, value, account);
        (address token, uint256 held, uint256 allowed) = _purse(buyer, id);
        if (refusal.length == 0) refusal = _paymentError(token, buyer, _products[id].price, held, allowed);
        _act(buyer, value, abi.encodeCall(IHourgate.purchaseFor, (id, account)), refusal);
        if (_succeeded) _bookPurchase(id, buyer, account, held);
    }

    function purchaseWithPermit(uint256 seed) external drawing(seed) {
        address buyer = _actor();
        address account = _actorOrNobody();
        uint256 id = _productId();
        bytes memory refusal = _sellError(buyer, id, 0, account);
        (address token, uint256 held, uint256 allowed) = _purse(buyer, id);
        (bytes memory data, uint256 allowedThen) = _withPermit(buyer, id, account, token, allowed);
        if (refusal.length == 0) refusal = _paymentError(token, buyer, _products[id].price, held, allowedThen);
        _act(buyer, 0, data, refusal);
        if (_succeeded) _bookPurchase(id, buyer, account, held);
    }

    function grant(uint256 seed) external drawing(seed) {
        address caller = _mostlyOwner();
        address account = _actorOrNobody();
        uint32 secs = _duration();
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && secs == 0) refusal = abi.encodeWithSelector(IHourgate.ZeroDuration.selector);
        if (refusal.length == 0) refusal = _extensionError(account, secs);
        _act(caller, 0, abi.encodeCall(IHourgate.grant, (account, secs)), refusal);
        if (_succeeded) _bookExtension(account, secs);
    }

    function revokeCredentials(uint256 seed) external drawing(seed) {
        address caller = _actor();
        _act(caller, 0, abi.encodeCall(IHourgate.revokeCredentials, ()), "");
        _booked[caller].credentialsFrom = uint64(block.timestamp);
    }

    function refund(uint256 seed) external drawing(seed) {
        address caller = _mostlyOwner();
        address account = _actorOrNobody();
        address payee = _actorOrNobody();
        uint256 value = _draw(4) == 0 ? 0 : _draw(type(uint96).max);
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && (account == address(0) || payee == address(0))) {
            refusal = abi.encodeWithSelector(IHourgate.ZeroAccount.selector);
        }
        _ending = account;
        _act(caller, value, abi.encodeCall(IHourgate.refund, (account, payee)), refusal);
        _ending = address(0);
        if (_succeeded) {
            _seconds[account].lost += _secondsLeft(account);
            if (_secondsLeft(account) > 0) _booked[account].paidUntil = uint64(block.timestamp);
            credit[payee] += value;
            creditTotal += value;
        }
    }

    /// @dev The handler itself refuses ether, an actor takes it.
    function claim(uint256 seed) external drawing(seed) {
        address caller = _actor();
        address to = _recipient();
        uint256 amount = credit[caller];
        bytes memory refusal;
        if (amount == 0) refusal = abi.encodeWithSelector(IHourgate.NothingToClaim.selector, caller);
        else refusal = _etherError(to, amount);
        uint256 before = caller == to ? 0 : to.balance; // _act sets the caller's balance to what it sends: 0
        _act(caller, 0, abi.encodeCall(IHourgate.claim, (to)), refusal);
        if (_succeeded) {
            vm.assertEq(to.balance - before, amount, "what the payee got");
            credit[caller] = 0;
            creditTotal -= amount;
        }
    }

    function withdraw(uint256 seed) external drawing(seed) {
        address caller = _mostlyOwner();
        address token = _draw(8) == 0 ? NO_TOKEN : _tokenOrEther();
        address to = _recipient();
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && token == NO_TOKEN) {
            refusal = abi.encodeWithSelector(IHourgate.UnsupportedToken.selector, token);
        }
        if (refusal.length == 0) {
            if (token == address(0)) refusal = _etherError(to, takings[token]);
            else if (to == address(0)) refusal = abi.encodeWithSelector(IHourgate.ZeroAccount.selector);
        }
        uint256 before = token == address(0) && caller == to ? 0 : _balance(token, to);
        _act(caller, 0, abi.encodeCall(IHourgate.withdraw, (token, to)), refusal);
        if (_succeeded) {
            uint256 arrives = takings[token];
            if (token == address(_fee)) {
                if (_fee.fee() < 0) arrives += 1;
                else if (_fee.fee() > 0 && arrives > 0) arrives -= 1;
            }
            vm.assertEq(_balance(token, to) - before, arrives, "what the recipient got");
            takings[token] = 0;
        }
    }

    function addProduct(uint256 seed) external drawing(seed) {
        address caller = _mostlyOwner();
        address token = _draw(8) == 0 ? NO_TOKEN : _tokenOrEther();
        uint96 price = _draw(8) == 0 ? 0 : _draw(8) == 0 ? type(uint96).max : uint96(_draw(1 << (1 + _draw(95))));
        uint32 duration = _duration();
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && token == NO_TOKEN) {
            refusal = abi.encodeWithSelector(IHourgate.UnsupportedToken.selector, token);
        }
        if (refusal.length == 0 && (price == 0 || duration == 0 || duration > MAX_AHEAD)) {
            refusal = abi.encodeWithSelector(IHourgate.BadProduct.selector, price, duration);
        }
        _act(caller, 0, abi.encodeCall(IHourgate.addProduct, (token, price, duration)), refusal);
        if (_succeeded) {
            vm.assertEq(abi.decode(_returned, (uint256)), _products.length, "number of the new product");
            _products.push(BookedProduct(token, price, duration, true));
        }
    }

    function setActive(uint256 seed) external drawing(seed) {
        address caller = _mostlyOwner();
        uint256 id = _productId();
        bool active = _draw(4) != 0;
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && id >= _products.length) {
            refusal = abi.encodeWithSelector(IHourgate.UnknownProduct.selector, id);
        }
        _act(caller, 0, abi.encodeCall(IHourgate.setActive, (id, active)), refusal);
        if (_succeeded) _products[id].active = active;
    }

    /// @dev Less often by the owner than `unpause`, so that more is sold than refused.
    function pause(uint256 seed) external drawing(seed) {
        address caller = _draw(4) == 0 ? owner : _actor();
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && paused) refusal = abi.encodeWithSelector(Pausable.EnforcedPause.selector);
        _act(caller, 0, abi.encodeCall(IHourgate.pause, ()), refusal);
        if (_succeeded) paused = true;
    }

    function unpause(uint256 seed) external drawing(seed) {
        address caller = _mostlyOwner();
        bytes memory refusal = _ownerOnly(caller);
        if (refusal.length == 0 && !paused) refusal = abi.encodeWithSelector(Pausable.ExpectedPause.selector);
        _act(caller, 0, abi.encodeCall(IHourgate.unpause, ()), refusal);
        if (_succeeded) paused = false;
    }

    function transferOwnership(uint256 seed) external drawing(seed) {
        address caller = _mostlyOwner();
        address to = _actor();
        _act(caller, 0, abi.encodeCall(hourgate.transferOwnership, (to)), _ownerOnly(caller));
        if (_succeeded) pendingOwner = to;
    }

    function acceptOwnership(uint256 seed) external drawing(seed) {
        address caller = _draw(2) == 0 && pendingOwner != address(0) ? pendingOwner : _actor();
        bytes memory refusal;
        if (caller != pendingOwner) {
            refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
        }
        _act(caller, 0, abi.encodeCall(hourgate.acceptOwnership, ()), refusal);
        if (_succeeded) (owner, pendingOwner) = (caller, address(0));
    }

    function renounceOwnership(uint256 seed) external drawing(seed) {
        bytes memory refusal = abi.encodeWithSelector(IHourgate.CannotRenounce.selector);
        _act(_mostlyOwner(), 0, abi.encodeCall(hourgate.renounceOwnership, ()), refusal);
    }

    /// @dev The token that keeps a part does so now and then, or delivers too much.
    function changeFee(uint256 seed) external drawing(seed) {
        uint256 choice = _draw(8);
        _fee.setFee(choice == 0 ? int256(1) : choice == 1 ? -1 : int256(0));
        calls++;
        seen[this.changeFee.selector][0]++;
    }

    function letTimePass(uint256 seed) external drawing(seed) {
        uint256 secs = _draw(4) == 0 ? _draw(MAX_AHEAD) : _draw(4) == 0 ? _draw(3) : _draw(30 days);
        IHourgate.Access[] memory answer = hourgate.accessOf(_actors);
        for (uint256 i = 0; i < _actors.length; i++) {
            uint256 end = answer[i].paidUntil;
            uint256 left = end < block.timestamp ? 0 : end - block.timestamp;
            _seconds[_actors[i]].used += left < secs ? left : secs;
        }
        vm.warp(block.timestamp + secs);
        calls++;
        seen[this.letTimePass.selector][0]++;
    }

    // ---- what the books say --------------------------------------------------------------------------------------

    function actors() external view returns (address[] memory) {
        return _actors;
    }

    function tokens() public view returns (address[4] memory) {
        return [address(_plain), address(_fee), address(_false), address(_silent)];
    }

    function products() external view returns (BookedProduct[] memory) {
        return _products;
    }

    function booked(address account) external view returns (IHourgate.Access memory) {
        return _booked[account];
    }

    function secondsOf(address account) external view returns (Seconds memory) {
        return _seconds[account];
    }

    /// @dev The end of time in the last `AccessChanged` of the account.
    function announced(address account) external view returns (uint64) {
        return _announced[account];
    }

    function _sellError(address buyer, uint256 id, uint256 value, address account) private view returns (bytes memory) {
        if (paused) return abi.encodeWithSelector(Pausable.EnforcedPause.selector);
        if (id >= _products.length) return abi.encodeWithSelector(IHourgate.UnknownProduct.selector, id);
        BookedProduct memory p = _products[id];
        if (!p.active) return abi.encodeWithSelector(IHourgate.ProductInactive.selector, id);
        uint256 ether_ = p.token == address(0) ? p.price : 0;
        if (value != ether_) return abi.encodeWithSelector(IHourgate.WrongValue.selector, ether_, value);
        if (buyer == owner) return abi.encodeWithSelector(IHourgate.OwnerNotAllowed.selector, buyer);
        return _extensionError(account, p.duration);
    }

    function _paymentError(address token, address payer, uint256 price, uint256 held, uint256 allowed)
        private
        view
        returns (bytes memory)
    {
        if (token == address(0) || (held >= price && allowed >= price && token != address(_fee))) return "";
        if (token == address(_silent)) return abi.encodeWithSelector(SilentToken.Refused.selector);
        if (token == address(_false)) {
            return abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, token);
        }
        if (allowed < price) {
            return
                abi.encodeWithSelector(
                    IERC20Errors.ERC20InsufficientAllowance.selector, address(hourgate), allowed, price
                );
        }
        if (held < price) {
            return abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, payer, held, price);
        }
        if (_fee.fee() == 0) return "";
        uint256 received = uint256(int256(price) - _fee.fee());
        return abi.encodeWithSelector(IHourgate.WrongPayment.selector, token, price, received);
    }

    function _extensionError(address account, uint256 secs) private view returns (bytes memory) {
        if (account == address(0)) return abi.encodeWithSelector(IHourgate.ZeroAccount.selector);
        if (account == owner) return abi.encodeWithSelector(IHourgate.OwnerNotAllowed.selector, account);
        uint256 ahead = _secondsLeft(account) + secs;
        if (ahead <= MAX_AHEAD) return "";
        return
            abi.encodeWithSelector(IHourgate.TooFarAhead.selector, block.timestamp + ahead, block.timestamp + MAX_AHEAD);
    }

    function _etherError(address to, uint256 amount) private view returns (bytes memory) {
        if (to == address(0)) return abi.encodeWithSelector(IHourgate.ZeroAccount.selector);
        if (to == address(this)) return abi.encodeWithSelector(IHourgate.TransferFailed.selector, to, amount);
        return "";
    }

    function _ownerOnly(address caller) private view returns (bytes memory) {
        if (caller == owner) return "";
        return abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
    }

    function _secondsLeft(address account) private view returns (uint256) {
        uint64 end = _booked[account].paidUntil;
        return end < block.timestamp ? 0 : end - block.timestamp;
    }

    function _bookPurchase(uint256 id, address payer, address account, uint256 held) private {
        BookedProduct storage p = _products[id];
        takings[p.token] += p.price;
        if (p.token != address(0)) vm.assertEq(_balance(p.token, payer), held - p.price, "what the payer has left");
        _bookExtension(account, p.duration);
    }

    function _bookExtension(address account, uint256 secs) private {
        _booked[account].paidUntil = uint64(block.timestamp + _secondsLeft(account) + secs);
        _seconds[account].given += secs;
    }

    // ---- one call, checked ---------------------------------------------------------------------------------------

    bool private _succeeded;
    bytes private _returned;
    address private _ending; // whose time may fall

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
            if (_actors[i] != _ending) vm.assertGe(later[i].paidUntil, before[i].paidUntil, "only a refund ends time");
            vm.assertGe(later[i].credentialsFrom, before[i].credentialsFrom, "a revocation is never undone");
            bool changed =
                later[i].paidUntil != before[i].paidUntil || later[i].credentialsFrom != before[i].credentialsFrom;
            if (!_succeeded) vm.assertFalse(changed); // what was logged on the way to a revert was never said
            if (!_succeeded) continue;
            uint256 count = _announcements(_actors[i], logs);
            if (!changed) continue;
            accessChanges++;
            vm.assertEq(count, 1, "a change is announced once");
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

    uint256 private _state;

    modifier drawing(uint256 seed) {
        _state = uint256(keccak256(abi.encode(_salt, seed)));
        _;
    }

    function _draw(uint256 below) private returns (uint256) {
        _state = uint256(keccak256(abi.encode(_state)));
        return _state % below;
    }

    function _actor() private returns (address) {
        return _actors[_draw(_actors.length)];
    }

    function _actorOrNobody() private returns (address) {
        return _draw(16) == 0 ? address(0) : _actor();
    }

    function _mostlyOwner() private returns (address) {
        return _draw(4) == 0 ? _actor() : owner;
    }

    function _recipient() private returns (address) {
        uint256 choice = _draw(8);
        return choice == 0 ? address(0) : choice == 1 ? address(this) : _actor();
    }

    function _tokenOrEther() private returns (address) {
        return _draw(2) == 0 ? address(0) : tokens()[_draw(4)];
    }

    /// @dev Most of them short, so that time runs out and is bought again; some too long to exist.
    function _duration() private returns (uint32) {
        uint256 choice = _draw(16);
        if (choice == 0) return 0;
        if (choice == 1) return uint32(MAX_AHEAD);
        if (choice == 2) return uint32(MAX_AHEAD + 1);
        if (choice == 3) return type(uint32).max;
        if (choice < 7) return uint32(_draw(MAX_AHEAD));
        return uint32(1 + _draw(30 days));
    }

    /// @dev A product, now and then one that does not exist.
    function _productId() private returns (uint256) {
        if (_draw(16) == 0 || _products.length == 0) return _products.length + _draw(3);
        return _draw(_products.length);
    }

    /// @dev The ether that belongs to a purchase, now and then not quite.
    function _value(uint256 id) private returns (uint256) {
        uint256 right = id < _products.length && _products[id].token == address(0) ? _products[id].price : 0;
        uint256 choice = _draw(8);
        return choice == 0 ? right + 1 : choice == 1 && right > 0 ? right - 1 : right;
    }

    /// @dev Sees to it that the payer holds about the price of a product in a token and has approved about as much.
    function _purse(address payer, uint256 id) private returns (address token, uint256 held, uint256 allowed) {
        if (id >= _products.length || _products[id].token == address(0)) return (address(0), 0, 0);
        token = _products[id].token;
        uint256 price = _products[id].price;
        held = _draw(8) == 0 ? price - 1 : price + _draw(2);
        allowed = _draw(4) == 0 ? _draw(price) : price + _draw(2);
        PlainToken(token).set(payer, held);
        vm.prank(payer);
        SilentToken(token).approve(address(hourgate), 0);
        vm.prank(payer);
        SilentToken(token).approve(address(hourgate), allowed);
    }

    struct Permit {
        uint256 value;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @dev A purchase with a permit: a good one, one that somebody has handed in before, or a bad one. Also the allowance
    /// that will be there when the token is asked to pay.
    function _withPermit(address payer, uint256 id, address account, address token, uint256 allowed)
        private
        returns (bytes memory data, uint256 allowedThen)
    {
        uint256 kind = _draw(4);
        allowedThen = allowed;
        Permit memory p = Permit(allowed, block.timestamp, 27, 0, 0);
        if (token != address(0) && token != address(_silent)) {
            p.value = uint256(_products[id].price) + 1 - _draw(8) / 3; // the price or one off
            if (kind == 0) p.deadline--;
            else allowedThen = p.value;
            _sign(payer, PlainToken(token), p);
            if (kind == 1) PlainToken(token).permit(payer, address(hourgate), p.value, p.deadline, p.v, p.r, p.s);
        }
        data = abi.encodeCall(IHourgate.purchaseWithPermit, (id, account, p.value, p.deadline, p.v, p.r, p.s));
    }

    function _sign(address payer, PlainToken token, Permit memory p) private view {
        bytes32 permit =
            keccak256(abi.encode(PERMIT, payer, address(hourgate), p.value, token.nonces(payer), p.deadline));
        (p.v, p.r, p.s) =
            vm.sign(_keys[payer], keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), permit)));
    }

    function _balance(address token, address account) private view returns (uint256) {
        if (token == NO_TOKEN) return 0;
        return token == address(0) ? account.balance : PlainToken(token).balanceOf(account);
    }
}
