"""Pages around claims. Numbers are in the path as they are printed; the last routes take any number."""

from django.urls import path

from claims.views import (
    claims,
    compensation,
    consumers,
    counting,
    evidence,
    filing,
    fund,
    merging,
    moves,
    orders,
    receipts,
    revoking,
)

app_name = "claims"
urlpatterns = [
    path("", claims.ClaimList.as_view(), name="claim_list"),
    path("new/", filing.ClaimNew.as_view(), name="claim_new"),
    path("new/<int:line_id>/", filing.ClaimForm.as_view(), name="claim_form"),
    path("new/<int:line_id>/live/", filing.ClaimLive.as_view(), name="claim_live"),
    path("new/<int:line_id>/photos/", evidence.PhotoStage.as_view(), name="photo_stage"),
    path("photos/<int:pk>/", evidence.ClaimPhoto.as_view(), name="claim_photo"),
    path("orders/", orders.OrderList.as_view(), name="order_list"),
    path("orders/new/", orders.OrderNew.as_view(), name="order_new"),
    path("orders/<int:pk>/", orders.OrderDetail.as_view(), name="order_detail"),
    path("consumers/<int:pk>/", consumers.ConsumerReveal.as_view(), name="consumer_reveal"),
    path("fund/<str:county_code>/", fund.FundDetail.as_view(), name="fund_detail"),
    path("fund/<str:county_code>/freeze/", fund.FundFreeze.as_view(), name="fund_freeze"),
    path("fund/<str:county_code>/owed/", fund.AdvanceList.as_view(), name="advance_list"),
    path("advances/<int:pk>/recover/", fund.AdvanceRecover.as_view(), name="advance_recover"),
    path("movements/<int:pk>/reverse/", fund.MovementReverse.as_view(), name="movement_reverse"),
    path("deposits/<int:pk>/<str:step>/", fund.DepositDecide.as_view(), name="deposit_decide"),
    path("<str:number>/", claims.ClaimDetail.as_view(), name="claim_detail"),
    path("<str:number>/choice/", compensation.ClaimChoice.as_view(), name="claim_choice"),
    path("<str:number>/decide/", compensation.ClaimDecide.as_view(), name="claim_decide"),
    path("<str:number>/payout/", compensation.ClaimPayout.as_view(), name="claim_payout"),
    path("<str:number>/revoke/", revoking.ClaimRevoke.as_view(), name="claim_revoke"),
    path("<str:number>/receipt/", receipts.ClaimReceipt.as_view(), name="claim_receipt"),
    path("<str:number>/ship/", compensation.ClaimShip.as_view(), name="claim_ship"),
    path("<str:number>/photos/", evidence.ClaimPhotoAdd.as_view(), name="claim_photo_add"),
    path("<str:number>/count/", counting.ClaimCount.as_view(), name="claim_count"),
    path("<str:number>/merge/", merging.ClaimMerge.as_view(), name="claim_merge"),
    path("<str:number>/move/<str:action>/", moves.ClaimMove.as_view(), name="claim_move"),
]
