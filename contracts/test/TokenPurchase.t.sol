// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IHourgate} from "../src/IHourgate.sol";
import {HourgateTestBase} from "./HourgateTestBase.sol";
import {
    BlockingToken,
    FalseToken,
    FeeToken,
    OtherPermitToken,
    PlainToken,
    RebasingToken,
    SilentToken
} from "./Tokens.sol";
import {vm} from "./Vm.sol";

contract TokenPurchaseTest is HourgateTestBase {
    uint96 private constant USD = 1_000_000;
    uint96 private constant DOLLAR_HOUR = USD / 4;

    PlainToken private plain;
    uint256 private plainId;

    function setUp() public override {
        super.setUp();
        plain = new PlainToken();
        plainId = sell(plain);
        vm.prank(alice);
        plain.approve(address(hourgate), type(uint256).max);
    }

    /// @dev Adds a product of an hour in the token, and gives Alice ten dollars.
    function sell(PlainToken token) private returns (uint256) {
        token.mint(alice, 10 * USD);
        return addProduct(address(token), DOLLAR_HOUR, HOUR);
    }

    function approve(PlainToken token, uint256 value) private {
        vm.prank(alice);
        token.approve(address(hourgate), value);
    }

    function buyWithToken(uint256 id) private {
        vm.prank(alice);
        hourgate.purchaseProduct(id);
    }

    function expectWrongPayment(PlainToken token, uint256 received) private {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.WrongPayment.selector, address(token), DOLLAR_HOUR, received));
    }

    function expectTokenRefused(address token) private {
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, token));
    }

    function assertNothingSold(PlainToken token) private view {
        assertAccess(alice, 0, 0);
        vm.assertEq(token.balanceOf(alice), 10 * uint256(USD));
        vm.assertEq(token.balanceOf(address(hourgate)), 0);
    }

    // ---- what the contract asks of the token -----------------------------------------------------------------------

    function test_purchaseProduct_takesThePriceFromTheSender() public {
        buyWithToken(plainId);
        assertAccess(alice, NOW + HOUR, 0);
        vm.assertEq(plain.balanceOf(alice), 10 * uint256(USD) - DOLLAR_HOUR);
        vm.assertEq(plain.balanceOf(address(hourgate)), DOLLAR_HOUR);
        vm.assertEq(address(hourgate).balance, 0);
    }

    function test_purchaseProduct_emitsTheTokensPrice() public {
        expectAccessChanged(alice, NOW + HOUR);
        vm.expectEmit(address(hourgate));
        emit IHourgate.ProductPurchased(plainId, alice, alice, DOLLAR_HOUR, NOW + HOUR);
        buyWithToken(plainId);
    }

    function test_purchaseProduct_takesNoMoreThanItMayAndNeeds() public {
        approve(plain, DOLLAR_HOUR);
        buyWithToken(plainId);
        vm.assertEq(plain.allowance(alice, address(hourgate)), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(hourgate), 0, DOLLAR_HOUR)
        );
        buyWithToken(plainId);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_purchaseProduct_revertsForAPriceAboveTheAllowance() public {
        approve(plain, DOLLAR_HOUR - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(hourgate), DOLLAR_HOUR - 1, DOLLAR_HOUR
            )
        );
        buyWithToken(plainId);
        assertNothingSold(plain);
    }

    function test_purchaseProduct_revertsForAPriceAboveTheBalance() public {
        vm.prank(alice);
        plain.transfer(bob, 10 * USD - DOLLAR_HOUR + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, DOLLAR_HOUR - 1, DOLLAR_HOUR)
        );
        buyWithToken(plainId);
        assertAccess(alice, 0, 0);
    }

    function test_purchaseProduct_refusesEtherForAToken() public {
        uint256[2] memory values = [uint256(1), DOLLAR_HOUR];
        for (uint256 i = 0; i < values.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(IHourgate.WrongValue.selector, 0, values[i]));
            vm.prank(alice);
            hourgate.purchaseProduct{value: values[i]}(plainId);
        }
        assertNothingSold(plain);
    }

    function test_purchaseProduct_takesNoTokenForEther() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.WrongValue.selector, PRICE, 0));
        buyWithToken(ID);
    }

    function test_purchaseProduct_obeysEveryRuleForTokensToo() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.UnknownProduct.selector, 2));
        buyWithToken(2);
        expectOwnerNotAllowed(owner);
        vm.prank(owner);
        hourgate.purchaseProduct(plainId);
        vm.prank(owner);
        hourgate.pause();
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        buyWithToken(plainId);
        vm.prank(owner);
        hourgate.unpause();
        vm.prank(owner);
        hourgate.setActive(plainId, false);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ProductInactive.selector, plainId));
        buyWithToken(plainId);
        vm.prank(owner);
        hourgate.setActive(plainId, true);
        grant(alice, uint32(MAX_AHEAD));
        vm.expectRevert(abi.encodeWithSelector(IHourgate.TooFarAhead.selector, NOW + MAX_AHEAD + HOUR, NOW + MAX_AHEAD));
        buyWithToken(plainId);
        vm.assertEq(plain.balanceOf(address(hourgate)), 0);
    }

    function test_purchaseFor_takesThePriceFromThePayerAndNotTheAccount() public {
        plain.mint(bob, USD);
        vm.prank(bob);
        plain.approve(address(hourgate), USD);
        expectAccessChanged(bob, NOW + HOUR);
        vm.expectEmit(address(hourgate));
        emit IHourgate.ProductPurchased(plainId, bob, alice, DOLLAR_HOUR, NOW + HOUR);
        vm.prank(alice);
        hourgate.purchaseFor(plainId, bob);
        assertAccess(bob, NOW + HOUR, 0);
        assertAccess(alice, 0, 0);
        vm.assertEq(plain.balanceOf(bob), USD);
        vm.assertEq(plain.balanceOf(alice), 10 * uint256(USD) - DOLLAR_HOUR);
    }

    function test_purchaseFor_refusesEtherForAToken() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.WrongValue.selector, 0, 1));
        vm.prank(alice);
        hourgate.purchaseFor{value: 1}(plainId, bob);
    }

    function test_purchaseProduct_countsOnlyWhatArrives() public {
        plain.mint(address(hourgate), 5 * USD); // somebody's gift is nobody's payment
        buyWithToken(plainId);
        vm.assertEq(plain.balanceOf(address(hourgate)), 5 * uint256(USD) + DOLLAR_HOUR);
    }

    function testFuzz_purchaseProduct_takesExactlyThePriceOrNothing(uint96 price, uint256 held, uint256 approved)
        public
    {
        vm.assume(price != 0);
        PlainToken token = new PlainToken();
        token.mint(alice, held);
        approve(token, approved);
        uint256 id = addProduct(address(token), price, HOUR);
        vm.prank(alice);
        (bool sold,) = address(hourgate).call(abi.encodeCall(IHourgate.purchaseProduct, (id)));
        vm.assertEq(sold, held >= price && approved >= price, "sold");
        vm.assertEq(token.balanceOf(address(hourgate)), sold ? price : 0);
        assertAccess(alice, sold ? NOW + HOUR : 0, 0);
    }

    // ---- tokens of every kind --------------------------------------------------------------------------------------

    function test_purchaseProduct_takesATokenThatReturnsNothing() public {
        SilentToken token = new SilentToken();
        token.mint(alice, USD);
        vm.prank(alice);
        token.approve(address(hourgate), DOLLAR_HOUR);
        uint256 id = addProduct(address(token), DOLLAR_HOUR, HOUR);
        buyWithToken(id);
        assertAccess(alice, NOW + HOUR, 0);
        vm.assertEq(token.balanceOf(address(hourgate)), DOLLAR_HOUR);
        vm.expectRevert(abi.encodeWithSelector(SilentToken.Refused.selector));
        buyWithToken(id);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_purchaseProduct_takesATokenWithOtherPermits() public {
        OtherPermitToken token = new OtherPermitToken();
        token.mint(alice, USD);
        token.permit(alice, address(hourgate), 0, 0, true, 0, 0, 0);
        buyWithToken(addProduct(address(token), DOLLAR_HOUR, HOUR));
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_purchaseProduct_revertsWhenTheTokenReturnsFalse() public {
        FalseToken token = new FalseToken();
        uint256 id = sell(token);
        expectTokenRefused(address(token));
        buyWithToken(id);
        assertNothingSold(token);
        approve(token, DOLLAR_HOUR);
        buyWithToken(id);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_purchaseProduct_revertsWhenTheTokenMovesNothing() public {
        FalseToken token = new FalseToken();
        uint256 id = sell(token);
        token.setAnswer(FalseToken.Answer.TrueForNothing);
        expectWrongPayment(token, 0);
        buyWithToken(id);
        assertNothingSold(token);
    }

    function test_purchaseProduct_revertsWhenTheTokensAnswerIsNoTruthValue() public {
        FalseToken token = new FalseToken();
        uint256 id = sell(token);
        token.setAnswer(FalseToken.Answer.Two);
        expectTokenRefused(address(token));
        buyWithToken(id);
        assertNothingSold(token);
    }

    function test_purchaseProduct_revertsWhenTheTokenKeepsAFee() public {
        FeeToken token = new FeeToken();
        uint256 id = sell(token);
        approve(token, USD);
        token.setFee(1);
        expectWrongPayment(token, DOLLAR_HOUR - 1);
        buyWithToken(id);
        assertNothingSold(token);
        token.setFee(0);
        buyWithToken(id);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_purchaseProduct_revertsWhenMoreThanThePriceArrives() public {
        FeeToken token = new FeeToken();
        uint256 id = sell(token);
        approve(token, USD);
        token.setFee(-1);
        expectWrongPayment(token, DOLLAR_HOUR + 1);
        buyWithToken(id);
        assertNothingSold(token);
    }

    function test_purchaseProduct_revertsWhenTheTakingsShrinkMeanwhile() public {
        RebasingToken token = new RebasingToken();
        uint256 id = sell(token);
        approve(token, USD);
        token.mint(address(hourgate), 100 * uint256(USD));
        token.setRebaseOnTransfer();
        expectWrongPayment(token, 0);
        buyWithToken(id);
        assertAccess(alice, 0, 0);
    }

    function test_purchaseProduct_sellsForARebasingTokenThatDeliversThePrice() public {
        RebasingToken token = new RebasingToken();
        uint256 id = sell(token);
        approve(token, USD);
        buyWithToken(id);
        token.rebase(50); // the seller's risk; what was sold is sold
        vm.assertEq(token.balanceOf(address(hourgate)), DOLLAR_HOUR / 2);
        assertAccess(alice, NOW + HOUR, 0);
        buyWithToken(id);
        vm.assertEq(token.balanceOf(address(hourgate)), DOLLAR_HOUR / 2 + DOLLAR_HOUR);
    }

    function test_purchaseProduct_passesOnWhyTheTokenBlocks() public {
        BlockingToken token = new BlockingToken();
        uint256 id = sell(token);
        approve(token, USD);
        token.setBlocked(alice, true);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, alice));
        buyWithToken(id);
        token.setBlocked(alice, false);
        token.setBlocked(address(hourgate), true);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, address(hourgate)));
        buyWithToken(id);
        token.setBlocked(address(hourgate), false);
        token.setStopped(true);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Stopped.selector));
        buyWithToken(id);
        assertNothingSold(token);

        buy(alice); // other products are not concerned
        buyWithToken(plainId);
        assertAccess(alice, NOW + 2 * HOUR, 0);
    }

    function test_purchaseProduct_revertsWhenTheTokenIsGone() public {
        vm.etch(address(plain), "");
        vm.prank(alice);
        (bool sold,) = address(hourgate).call(abi.encodeCall(IHourgate.purchaseProduct, (plainId)));
        vm.assertFalse(sold);
        assertAccess(alice, 0, 0);
    }
}
