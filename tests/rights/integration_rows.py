"""An application of a county in the small world of tests/rights/world.py, with what hangs on it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import uuid4

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.imports.models import ListImport, RefusedRow
from aftersales.integration.models import (
    ApiClient,
    ApiToken,
    ConsumerSession,
    LoginCode,
    WebhookDelivery,
    WebhookEvent,
    WebhookSubscription,
)
from stations.models import Party
from tests.factories import NOW, give, make_user
from tests.rights.marks import Marks


def integration_rows(mark: Marks, county: str, party: Party, official: User) -> tuple:
    """One application with a token, a consumer's session, a subscription, an event and its delivery."""
    account = make_user(mark.word("apilogin"), full_name=mark.word("apiaccount"), county=county)
    give(account, Role.INTEGRATION, region=county)
    client = ApiClient.objects.create(
        party=party,
        name=mark.word("application"),
        user=account,
        county_code=county,
        contact=mark.word("desk"),
        created_by=official,
        created_at=NOW,
    )
    owned = {"client": client, "county_code": county}
    token = ApiToken.objects.create(
        label=mark.word("purpose"),
        prefix=mark.also(f"aft_{secrets.token_hex(3)}"),
        digest=_hidden(mark),
        scopes=["claims:read", "orders:read"],
        created_at=NOW,
        created_by=official,
        expires_at=NOW + timedelta(days=180),
        **owned,
    )
    code = LoginCode.objects.create(
        client=client,
        token=token,
        public_id=uuid4(),
        phone_index=_hidden(mark),
        digest=_hidden(mark),
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=5),
        used_at=NOW,
    )
    session = ConsumerSession.objects.create(
        client=client,
        token=token,
        code=code,
        phone_index=code.phone_index,
        digest=_hidden(mark),
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    key = sealing.new_person_key()
    subscription = WebhookSubscription.objects.create(
        url=f"https://{mark.word('receiver')}.example/hook",
        events=["*"],
        description=mark.word("webhook"),
        person_key=key,
        secret_prefix="afw_",
        secret_sealed=sealing.seal(key, _hidden(mark)),
        created_by=official,
        created_at=NOW,
        **owned,
    )
    event = WebhookEvent.objects.create(
        public_id=mark.also(str(uuid4())),
        kind="ping",
        occurred_at=NOW,
        data={"words": mark.word("eventdata")},
        created_at=NOW,
        **owned,
    )
    delivery = WebhookDelivery.objects.create(
        event=event,
        subscription=subscription,
        county_code=county,
        state="dead",
        tries=9,
        next_try_at=NOW,
        tried_at=NOW,
        last_error="status_500",
    )
    uploaded = ListImport.objects.create(
        kind="orders",
        county_code=county,
        file_name=mark.word("uploadedfile"),
        form="csv",
        sha256=mark.also(secrets.token_hex(32)),
        byte_size=200,
        person_key=sealing.new_person_key(),
        kept_name=secrets.token_hex(16),
        state="checked",
        new_rows=3,
        refused_rows=1,
        asked_by=official,
        asked_at=NOW,
        kept_until=NOW + timedelta(days=7),
    )
    refused = RefusedRow.objects.create(list_import=uploaded, line=3, reason=mark.word("refusedreason"))
    return uploaded, refused, code, session, client, token, subscription, event, delivery


def _hidden(mark: Marks) -> str:
    """64 signs that nobody is ever shown, whatever their role."""
    value = secrets.token_hex(32)
    mark.secret_marks.add(value)
    return value
