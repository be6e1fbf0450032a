"""Permissions that several roles share, by what they are for."""


def views(*models: str) -> set[str]:
    return {f"{app}.view_{name}" for app, name in (model.split(".") for model in models)}


def changes(*models: str) -> set[str]:
    return {
        f"{app}.{verb}_{name}"
        for app, name in (model.split(".") for model in models)
        for verb in ("view", "add", "change")
    }


FILE = {
    "claims.use_station_pages",
    "claims.file_claim",
    "claims.accept_claim",
    "claims.work_on_claim",
    "claims.take_over_claim",
    "claims.withdraw_claim",
    "claims.reopen_claim",
    "claims.merge_claim",
    "claims.record_choice",
    "claims.add_order",
    "claims.file_appeal",
    "claims.keep_goods",
    "claims.redeem_coupon",
    "claims.record_follow_up",
    "claims.diagnose",
    "claims.plan_visit",
    "claims.carry_out_visit",
    "claims.view_own_incentives",
    "claims.view_claim_page",
    "claims.reveal_personal_data",
    "stations.view_station_board",
}
READ_CASEWORK = views(
    "claims.claim",
    "claims.claimclock",
    "claims.pause",
    "claims.holding",
    "claims.escalation",
    "claims.order",
    "claims.orderline",
    "claims.consumer",
    "claims.photo",
    "claims.compensation",
    "claims.refusal",
    "claims.appeal",
    "claims.reviewsample",
    "claims.claimflag",
    "claims.fund",
    "claims.account",
    "claims.movement",
    "claims.advance",
    "claims.deposit",
    "claims.writeoff",
    "claims.fundmonth",
    "claims.demand",
    "claims.bankreceipt",
    "claims.advancedispute",
    "claims.spendinglimit",
    "claims.coupon",
    "claims.reship",
    "claims.repair",
    "claims.lossline",
    "claims.inspection",
    "claims.merchantrefund",
    "claims.payout",
    "claims.payoutbatch",
    "claims.cashbox",
    "claims.cashfloat",
    "claims.cashcount",
    "claims.custodyitem",
    "claims.stocktake",
    "claims.offer",
    "claims.followup",
    "claims.score",
    "claims.incentive",
    "claims.incentivebatch",
    "claims.visit",
    "claims.visitcost",
    "claims.availability",
    "claims.diagnosis",
    "claims.issue",
    "claims.part",
    "claims.partstock",
    "claims.partuse",
    "claims.stockmovement",
    "claims.contract",
    "claims.feeline",
    "claims.providerorder",
    "claims.providerstatement",
    "claims.feecomplaint",
    "claims.costbaseline",
    "stations.station",
    "stations.agent",
    "stations.posting",
    "stations.region",
    "stations.party",
    "stations.workcalendarday",
    "stations.openinghours",
    "claims.goodstype",
    "claims.compensationpolicy",
    "claims.clockpolicy",
    "audit.auditevent",
)
LEARN = {"training.learn", "training.sit_exam", "training.hold_class"}
READ_TRAINING = {"training.view_training"} | views(
    "training.course",
    "training.lesson",
    "training.lessonversion",
    "training.enrolment",
    "training.hourentry",
    "training.mentorship",
    "training.exam",
    "training.sitting",
    "training.practicalsheet",
    "training.practicalexam",
    "training.skillscheck",
    "training.certificate",
    "training.certificateprint",
    "training.villageclass",
    "training.publicity",
    "training.article",
    "training.articleversion",
    "training.articlevote",
    "training.casestudy",
)
KEEP_TEXTS = {"training.keep_courses", "training.keep_handbook", "training.keep_questions"} | views(
    "training.question"
)
SEND_OUT = {"claims.send_others", "claims.keep_parts", "claims.order_from_provider"}
DECIDE = {
    "claims.review_payouts",
    "claims.judge_flag",
    "claims.approve_compensation",
    "claims.refuse_claim",
    "claims.execute_payout",
    "claims.record_payout",
    "claims.hand_out_cash",
    "claims.recover_advance",
    "claims.propose_write_off",
    "claims.send_demand",
    "claims.decide_dispute",
    "claims.confirm_deposit",
    "claims.view_fund",
    "claims.prepare_incentives",
    "claims.import_orders",
    "claims.prepare_statement",
}

READ_SUPERVISION = {"claims.view_supervision"} | views(
    "claims.check", "claims.finding", "claims.rectification", "claims.evaluation", "claims.improvementmeasure"
)
# The claims that were drawn are not for the county before the check is closed.
SUPERVISE = {"claims.supervise", "claims.evaluate"} | READ_SUPERVISION | views("claims.checkitem")
READ_CLIENTS = views(
    "integration.apiclient",
    "integration.apitoken",
    "integration.webhooksubscription",
    "integration.webhookevent",
    "integration.webhookdelivery",
    "imports.listimport",
)
MESSAGES = views("notices.delivery") | changes("notices.noticetemplate") | {"notices.retry_delivery"}
