// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Hourgate} from "../../src/Hourgate.sol";
import {IHourgate} from "../../src/IHourgate.sol";
import {SilentToken} from "../Tokens.sol";
import {HourgateHandler} from "./HourgateHandler.sol";
import {vm} from "../Vm.sol";

/// @dev What holds after any sequence of calls by anybody, the owner included. See `HourgateHandler` for what is checked
/// at each call.
abstract contract HourgateInvariants {
    uint256 private constant MAX_AHEAD = 63_072_000;

    uint256 private immutable _salt;
    HourgateHandler internal handler;
    Hourgate internal hourgate;

    constructor(uint256 salt) {
        _salt = salt;
    }

    function setUp() public {
        vm.warp(1_800_000_000);
        handler = new HourgateHandler(_salt);
        hourgate = handler.hourgate();
    }

    function everythingHolds() internal view {
        IHourgate.Access[] memory answer = hourgate.accessOf(handler.actors());
        accessIsWhatWasBoughtGrantedRefundedAndRevoked(answer);
        noSecondIsFreeOrLost(answer);
        lastAnnouncedEndIsTheEnd(answer);
        nobodyIsPaidMoreThanTwoYearsAhead(answer);
        everyCreditIsCovered();
        takingsAreWhatWasPaidAndNotWithdrawn();
        ownershipAndPauseAreWhatTheOwnerMadeThem();
    }

    function accessIsWhatWasBoughtGrantedRefundedAndRevoked(IHourgate.Access[] memory answer) private view {
        address[] memory actors = handler.actors();
        for (uint256 i = 0; i < actors.length; i++) {
            vm.assertEq(answer[i].paidUntil, handler.booked(actors[i]).paidUntil, "paidUntil");
            vm.assertEq(answer[i].credentialsFrom, handler.booked(actors[i]).credentialsFrom, "credentialsFrom");
        }
    }

    /// @dev Independent of how an end is worked out: seconds given are used, lost by a refund, or left.
    function noSecondIsFreeOrLost(IHourgate.Access[] memory answer) private view {
        address[] memory actors = handler.actors();
        for (uint256 i = 0; i < actors.length; i++) {
            HourgateHandler.Seconds memory time = handler.secondsOf(actors[i]);
            uint256 left = answer[i].paidUntil < block.timestamp ? 0 : answer[i].paidUntil - block.timestamp;
            vm.assertEq(time.given, time.used + time.lost + left, "seconds");
        }
    }

    function lastAnnouncedEndIsTheEnd(IHourgate.Access[] memory answer) private view {
        address[] memory actors = handler.actors();
        for (uint256 i = 0; i < actors.length; i++) {
            vm.assertEq(handler.announced(actors[i]), answer[i].paidUntil, "announced");
        }
    }

    function nobodyIsPaidMoreThanTwoYearsAhead(IHourgate.Access[] memory answer) private view {
        for (uint256 i = 0; i < answer.length; i++) {
            vm.assertLe(answer[i].paidUntil, block.timestamp + MAX_AHEAD, "too far ahead");
        }
    }

    function everyCreditIsCovered() private view {
        address[] memory actors = handler.actors();
        uint256 sum;
        for (uint256 i = 0; i < actors.length; i++) {
            uint256 credit = hourgate.claimable(actors[i]);
            vm.assertEq(credit, handler.credit(actors[i]), "credit");
            sum += credit;
        }
        vm.assertEq(sum, hourgate.claimableTotal(), "sum of credits");
        vm.assertGe(address(hourgate).balance, hourgate.claimableTotal(), "solvent");
    }

    function takingsAreWhatWasPaidAndNotWithdrawn() private view {
        vm.assertEq(address(hourgate).balance, handler.takings(address(0)) + handler.creditTotal(), "ether");
        address[4] memory tokens = handler.tokens();
        for (uint256 i = 0; i < tokens.length; i++) {
            vm.assertEq(IERC20(tokens[i]).balanceOf(address(hourgate)), handler.takings(tokens[i]), "tokens");
        }
    }

    function ownershipAndPauseAreWhatTheOwnerMadeThem() private view {
        vm.assertEq(hourgate.owner(), handler.owner());
        vm.assertEq(hourgate.getOwner(), handler.owner());
        vm.assertEq(hourgate.pendingOwner(), handler.pendingOwner());
        vm.assertEq(hourgate.paused(), handler.paused(), "paused");
    }

    /// @dev A product never changes, so it is enough to look at the end of a run.
    function productsStayAsAdded() internal view {
        HourgateHandler.BookedProduct[] memory products = handler.products();
        vm.assertEq(hourgate.productCount(), products.length, "count");
        for (uint256 i = 0; i < products.length; i++) {
            (address token, uint96 price, uint32 duration, bool active) = hourgate.product(i);
            vm.assertEq(token, products[i].token);
            vm.assertEq(price, products[i].price, "price");
            vm.assertEq(duration, products[i].duration, "duration");
            vm.assertEq(active, products[i].active, "active");
        }
    }
}

/// @dev A campaign of the fuzzer. There are several, because they run side by side.
abstract contract HourgateCampaign is HourgateInvariants {
    constructor(uint256 salt) HourgateInvariants(salt) {}

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_everythingHolds() public view {
        everythingHolds();
    }

    /// @dev A replay of a failure may be a single call; a run is far longer.
    function afterInvariant() public view {
        productsStayAsAdded();
        vm.assertGt(handler.calls(), 0, "calls");
        if (handler.calls() > 50) vm.assertGt(handler.accessChanges(), 0, "calls that changed anybody's access");
    }
}

contract HourgateInvariant1Test is HourgateCampaign(1) {}

contract HourgateInvariant2Test is HourgateCampaign(2) {}

contract HourgateInvariant3Test is HourgateCampaign(3) {}

contract HourgateInvariant4Test is HourgateCampaign(4) {}

/// @dev The same actions without a fuzzer: each is seen to succeed, and each error is seen where it belongs.
contract InvariantHandlerTest is HourgateInvariants(0) {
    function test_handler_reachesEveryOutcome() public {
        for (uint256 i = 0; i < 10_000; i++) {
            step(i);
            if (i % 100 == 0) everythingHolds();
        }
        everythingHolds();
        productsStayAsAdded();

        bytes4 unauthorized = Ownable.OwnableUnauthorizedAccount.selector;
        bytes4[3] memory purchases =
            [IHourgate.purchaseProduct.selector, IHourgate.purchaseFor.selector, IHourgate.purchaseWithPermit.selector];
        for (uint256 i = 0; i < purchases.length; i++) {
            reached(purchases[i], 0);
            reached(purchases[i], Pausable.EnforcedPause.selector);
            reached(purchases[i], IHourgate.UnknownProduct.selector);
            reached(purchases[i], IHourgate.ProductInactive.selector);
            reached(purchases[i], IHourgate.WrongValue.selector);
            reached(purchases[i], IHourgate.OwnerNotAllowed.selector);
            reached(purchases[i], IHourgate.TooFarAhead.selector);
            reached(purchases[i], IHourgate.WrongPayment.selector);
            reached(purchases[i], SafeERC20.SafeERC20FailedOperation.selector);
            reached(purchases[i], SilentToken.Refused.selector);
            reached(purchases[i], IERC20Errors.ERC20InsufficientAllowance.selector);
            reached(purchases[i], IERC20Errors.ERC20InsufficientBalance.selector);
        }
        reached(IHourgate.purchaseFor.selector, IHourgate.ZeroAccount.selector);
        reached(IHourgate.purchaseWithPermit.selector, IHourgate.ZeroAccount.selector);
        reached(IHourgate.grant.selector, 0);
        reached(IHourgate.grant.selector, unauthorized);
        reached(IHourgate.grant.selector, IHourgate.ZeroDuration.selector);
        reached(IHourgate.grant.selector, IHourgate.ZeroAccount.selector);
        reached(IHourgate.grant.selector, IHourgate.OwnerNotAllowed.selector);
        reached(IHourgate.grant.selector, IHourgate.TooFarAhead.selector);
        reached(IHourgate.revokeCredentials.selector, 0);
        reached(IHourgate.refund.selector, 0);
        reached(IHourgate.refund.selector, unauthorized);
        reached(IHourgate.refund.selector, IHourgate.ZeroAccount.selector);
        reached(IHourgate.claim.selector, 0);
        reached(IHourgate.claim.selector, IHourgate.NothingToClaim.selector);
        reached(IHourgate.claim.selector, IHourgate.ZeroAccount.selector);
        reached(IHourgate.claim.selector, IHourgate.TransferFailed.selector);
        reached(IHourgate.addProduct.selector, 0);
        reached(IHourgate.addProduct.selector, unauthorized);
        reached(IHourgate.addProduct.selector, IHourgate.UnsupportedToken.selector);
        reached(IHourgate.addProduct.selector, IHourgate.BadProduct.selector);
        reached(IHourgate.setActive.selector, 0);
        reached(IHourgate.setActive.selector, unauthorized);
        reached(IHourgate.setActive.selector, IHourgate.UnknownProduct.selector);
        reached(IHourgate.pause.selector, 0);
        reached(IHourgate.pause.selector, unauthorized);
        reached(IHourgate.pause.selector, Pausable.EnforcedPause.selector);
        reached(IHourgate.unpause.selector, 0);
        reached(IHourgate.unpause.selector, unauthorized);
        reached(IHourgate.unpause.selector, Pausable.ExpectedPause.selector);
        reached(IHourgate.withdraw.selector, 0);
        reached(IHourgate.withdraw.selector, unauthorized);
        reached(IHourgate.withdraw.selector, IHourgate.UnsupportedToken.selector);
        reached(IHourgate.withdraw.selector, IHourgate.ZeroAccount.selector);
        reached(IHourgate.withdraw.selector, IHourgate.TransferFailed.selector);
        reached(hourgate.transferOwnership.selector, 0);
        reached(hourgate.transferOwnership.selector, unauthorized);
        reached(hourgate.acceptOwnership.selector, 0);
        reached(hourgate.acceptOwnership.selector, unauthorized);
        reached(hourgate.renounceOwnership.selector, IHourgate.CannotRenounce.selector);
        reached(handler.changeFee.selector, 0);
        reached(handler.letTimePass.selector, 0);
    }

    function step(uint256 i) private {
        function(uint256) external[17] memory actions = [
            handler.purchaseProduct,
            handler.purchaseFor,
            handler.purchaseWithPermit,
            handler.grant,
            handler.revokeCredentials,
            handler.refund,
            handler.claim,
            handler.withdraw,
            handler.addProduct,
            handler.setActive,
            handler.pause,
            handler.unpause,
            handler.transferOwnership,
            handler.acceptOwnership,
            handler.renounceOwnership,
            handler.changeFee,
            handler.letTimePass
        ];
        actions[uint256(keccak256(abi.encode(i, "action"))) % actions.length](i);
    }

    function reached(bytes4 called, bytes4 errorOrZero) private view {
        vm.assertGt(
            handler.seen(called, errorOrZero),
            0,
            string.concat(
                "outcome ", vm.toString(abi.encodePacked(errorOrZero)), " of ", vm.toString(abi.encodePacked(called))
            )
        );
    }
}
