"""Roles, what each may do, and one sentence that says so.

A permission is a Django permission string. Those that end in a model's name open that model in the
admin; the others are the verbs that doors ask for. A role without a row may do nothing.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    AGENT = "agent", _("Village agent")
    TOWNSHIP = "township", _("Township technician")
    OFFICER = "officer", _("Claims officer")
    MANAGER = "manager", _("County manager")
    TRAINER = "trainer", _("Trainer")
    SUPERVISOR = "supervisor", _("Supervisor")
    PLATFORM = "platform", _("Platform desk")
    REGULATOR = "regulator", _("Regulator")
    PROVIDER = "provider", _("Service provider")
    INTEGRATION = "integration", _("Integration")
    ADMINISTRATOR = "administrator", _("System administrator")


ROLE_SENTENCES = {
    Role.AGENT: _(
        "Files claims for villagers at one station, takes photos and records the villager's choice."
    ),
    Role.TOWNSHIP: _("Works on the claims of one township and the villages under it."),
    Role.OFFICER: _("Approves or refuses compensation in one county and recovers advances."),
    Role.MANAGER: _("Runs the stations, people and emergency fund of one county and decides large claims."),
    Role.TRAINER: _("Holds courses, exams and classes in one county."),
    Role.SUPERVISOR: _(
        "Reads the boards of one city or province, inspects its counties and arranges support."
    ),
    Role.PLATFORM: _("Is the last step of the ladder in every county and keeps the programme's policies."),
    Role.REGULATOR: _("Reads de-identified reports of one region and can change nothing."),
    Role.PROVIDER: _("Answers the orders of one service provider and sees of each what the visit needs."),
    Role.INTEGRATION: _("A platform or mini-program that files claims and reads progress through the API."),
    Role.ADMINISTRATOR: _("Manages accounts and grants; sees claims only where a grant says so."),
}

# The lower a number, the higher the role: nobody manages an account at or above their own rank.
ROLE_RANK = {
    Role.ADMINISTRATOR: 0,
    Role.PLATFORM: 1,
    Role.SUPERVISOR: 2,
    Role.MANAGER: 3,
    Role.REGULATOR: 3,
    Role.OFFICER: 4,
    Role.TRAINER: 4,
    Role.INTEGRATION: 4,
    Role.TOWNSHIP: 5,
    Role.AGENT: 6,
    Role.PROVIDER: 6,
}


def _views(*models: str) -> set[str]:
    return {f"{app}.view_{name}" for app, name in (model.split(".") for model in models)}


def _changes(*models: str) -> set[str]:
    return {
        f"{app}.{verb}_{name}"
        for app, name in (model.split(".") for model in models)
        for verb in ("view", "add", "change")
    }


_FILE = {
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
_READ_CASEWORK = _views(
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
_LEARN = {"training.learn", "training.sit_exam", "training.hold_class"}
_READ_TRAINING = {"training.view_training"} | _views(
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
_KEEP_TEXTS = {"training.keep_courses", "training.keep_handbook", "training.keep_questions"} | _views(
    "training.question"
)
_SEND_OUT = {"claims.send_others", "claims.keep_parts", "claims.order_from_provider"}
_DECIDE = {
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

_READ_SUPERVISION = {"claims.view_supervision"} | _views(
    "claims.check", "claims.finding", "claims.rectification", "claims.evaluation", "claims.improvementmeasure"
)
# The claims that were drawn are not for the county before the check is closed.
_SUPERVISE = {"claims.supervise", "claims.evaluate"} | _READ_SUPERVISION | _views("claims.checkitem")
_READ_CLIENTS = _views(
    "integration.apiclient",
    "integration.apitoken",
    "integration.webhooksubscription",
    "integration.webhookevent",
    "integration.webhookdelivery",
)
_MESSAGES = _views("notices.delivery") | _changes("notices.noticetemplate") | {"notices.retry_delivery"}

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.AGENT: frozenset(_FILE | _LEARN | {"claims.execute_payout", "claims.keep_cash_box"}),
    Role.TOWNSHIP: frozenset(
        _FILE
        | _LEARN
        | _SEND_OUT
        | {
            "claims.assign_claim",
            "claims.send_back_claim",
            "claims.execute_payout",
            "claims.keep_cash_box",
            "stations.view_county_board",
        }
    ),
    Role.OFFICER: frozenset(
        _FILE
        | _LEARN
        | _SEND_OUT
        | _DECIDE
        | _READ_CASEWORK
        | _READ_SUPERVISION
        | {
            "accounts.use_admin",
            "claims.assign_claim",
            "claims.send_back_claim",
            "stations.view_county_board",
            "reports.view_reports",
            "training.examine",
        }
    ),
    Role.MANAGER: frozenset(
        _FILE
        | _LEARN
        | _READ_TRAINING
        | _SEND_OUT
        | _DECIDE
        | _READ_CASEWORK
        | _READ_SUPERVISION
        | _READ_CLIENTS
        | _changes(
            "stations.station",
            "stations.agent",
            "stations.posting",
            "stations.grant",
            "stations.party",
            "stations.openinghours",
            "claims.compensationpolicy",
            "claims.clockpolicy",
        )
        | {
            "accounts.use_admin",
            "audit.view_auditblock",
            "accounts.view_user",
            "accounts.add_user",
            "accounts.change_user",
            "claims.approve_large_compensation",
            "claims.decide_appeal",
            "claims.assign_claim",
            "claims.send_back_claim",
            "claims.deposit_into_fund",
            "claims.freeze_fund",
            "claims.confirm_incentives",
            "claims.reverse_movement",
            "claims.confirm_write_off",
            "claims.close_fund_month",
            "claims.open_fund",
            "claims.open_cash_box",
            "claims.change_fund",
            "claims.retry_alarms",
            "claims.keep_contracts",
            "claims.pay_statement",
            "claims.answer_fee_complaint",
            "claims.set_cost_baseline",
            "claims.answer_finding",
            "claims.plan_improvement",
            "stations.run_stations",
            "stations.hand_over",
            "stations.view_county_board",
            "stations.view_programme",
            "reports.view_reports",
            "reports.view_exports",
            "integration.keep_clients",
            "training.enrol",
            "training.record_hours",
            "training.examine",
            "training.revoke_certificate",
        }
    ),
    Role.TRAINER: frozenset(
        _READ_TRAINING
        | _KEEP_TEXTS
        | {
            "accounts.use_admin",
            "stations.view_county_board",
            "training.enrol",
            "training.record_hours",
            "training.examine",
            "training.issue_certificate",
        }
        | _views("stations.station", "stations.agent")
    ),
    Role.SUPERVISOR: frozenset(
        _SUPERVISE
        | {
            "accounts.use_admin",
            "stations.view_county_board",
            "stations.view_programme",
            "reports.view_reports",
        }
        | _views(
            "stations.station",
            "stations.region",
            "stations.programmeplan",
            "stations.countyphase",
            "claims.fund",
            "claims.account",
        )
    ),
    Role.PLATFORM: frozenset(
        _READ_CASEWORK
        | _READ_TRAINING
        | _KEEP_TEXTS
        | _SUPERVISE
        | {"training.keep_certificate_terms"}
        | _READ_CLIENTS
        | _views("stations.programmeplan", "stations.countyphase")
        | _MESSAGES
        | _changes(
            "claims.compensationpolicy",
            "claims.clockpolicy",
            "stations.party",
            "stations.workcalendarday",
            "stations.openinghours",
            "claims.goodstype",
            "claims.issue",
            "claims.part",
        )
        | {
            "accounts.use_admin",
            "ops.view_jobrun",
            "ops.release_job",
            "claims.view_claim_page",
            "claims.work_on_claim",
            "claims.take_over_claim",
            "claims.assign_claim",
            "claims.send_back_claim",
            "claims.approve_compensation",
            "claims.approve_large_compensation",
            "claims.decide_appeal",
            "claims.review_payouts",
            "claims.judge_flag",
            "claims.keep_programme_clocks",
            "claims.retry_alarms",
            "claims.refuse_claim",
            "stations.keep_programme",
            "stations.view_county_board",
            "stations.view_programme",
            "reports.view_reports",
            "reports.freeze_period",
            "reports.publish_report",
            "reports.view_exports",
            "reports.approve_exports",
        }
    ),
    Role.REGULATOR: frozenset({"reports.view_reports"}),
    Role.PROVIDER: frozenset({"claims.use_provider_pages"}),
    Role.INTEGRATION: frozenset({"claims.use_api"}),
    Role.ADMINISTRATOR: frozenset(
        _changes(
            "accounts.user",
            "stations.grant",
            "stations.station",
            "stations.agent",
            "stations.posting",
            "stations.party",
        )
        | _MESSAGES
        | _views("stations.region", "audit.auditevent", "audit.auditblock", "ops.jobrun")
        | {"accounts.use_admin", "ops.release_job", "stations.run_stations", "stations.hand_over"}
        | {"integration.keep_clients"}
        | _READ_CLIENTS
    ),
}


def permissions_of(roles) -> frozenset[str]:
    """Everything that any of these roles may do; an unknown role adds nothing."""
    return frozenset().union(*(ROLE_PERMISSIONS.get(role, frozenset()) for role in roles))
