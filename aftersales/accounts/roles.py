"""Roles, what each may do, and one sentence that says so.

A permission is a Django permission string. Those that end in a model's name open that model in the
admin; the others are the verbs that doors ask for. A role without a row may do nothing.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.bundles import (
    DECIDE,
    FILE,
    KEEP_TEXTS,
    LEARN,
    MESSAGES,
    READ_CASEWORK,
    READ_CLIENTS,
    READ_SUPERVISION,
    READ_TRAINING,
    SEND_OUT,
    SUPERVISE,
    changes,
    views,
)


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

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.AGENT: frozenset(FILE | LEARN | {"claims.execute_payout", "claims.keep_cash_box"}),
    Role.TOWNSHIP: frozenset(
        FILE
        | LEARN
        | SEND_OUT
        | {
            "claims.assign_claim",
            "claims.send_back_claim",
            "claims.execute_payout",
            "claims.keep_cash_box",
            "stations.view_county_board",
        }
    ),
    Role.OFFICER: frozenset(
        FILE
        | LEARN
        | SEND_OUT
        | DECIDE
        | READ_CASEWORK
        | READ_SUPERVISION
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
        FILE
        | LEARN
        | READ_TRAINING
        | SEND_OUT
        | DECIDE
        | READ_CASEWORK
        | READ_SUPERVISION
        | READ_CLIENTS
        | changes(
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
        READ_TRAINING
        | KEEP_TEXTS
        | {
            "accounts.use_admin",
            "stations.view_county_board",
            "training.enrol",
            "training.record_hours",
            "training.examine",
            "training.issue_certificate",
        }
        | views("stations.station", "stations.agent")
    ),
    Role.SUPERVISOR: frozenset(
        SUPERVISE
        | {
            "accounts.use_admin",
            "stations.view_county_board",
            "stations.view_programme",
            "reports.view_reports",
        }
        | views(
            "stations.station",
            "stations.region",
            "stations.programmeplan",
            "stations.countyphase",
            "claims.fund",
            "claims.account",
        )
    ),
    Role.PLATFORM: frozenset(
        READ_CASEWORK
        | READ_TRAINING
        | KEEP_TEXTS
        | SUPERVISE
        | {"training.keep_certificate_terms"}
        | READ_CLIENTS
        | views("stations.programmeplan", "stations.countyphase")
        | MESSAGES
        | changes(
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
        changes(
            "accounts.user",
            "stations.grant",
            "stations.station",
            "stations.agent",
            "stations.posting",
            "stations.party",
        )
        | MESSAGES
        | views("stations.region", "audit.auditevent", "audit.auditblock", "ops.jobrun")
        | {"accounts.use_admin", "ops.release_job", "stations.run_stations", "stations.hand_over"}
        | {"integration.keep_clients"}
        | READ_CLIENTS
    ),
}


def permissions_of(roles) -> frozenset[str]:
    """Everything that any of these roles may do; an unknown role adds nothing."""
    return frozenset().union(*(ROLE_PERMISSIONS.get(role, frozenset()) for role in roles))
