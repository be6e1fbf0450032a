"""Applications of three kinds around one order of a village, and the consumer who bought it."""

from dataclasses import dataclass

import pytest

from claims.models import Claim, Consumer, OrderLine
from stations.models import Party
from tests.api_world import EVERY_SCOPE, Api, make_client, make_session, make_token
from tests.factories import make_claim, make_consumer, make_line, make_party

XIUWEN = "520123000000"
PHONE, OTHER_PHONE = "13985112233", "13985114455"


@dataclass
class World:
    """`platform` sold the line, `rival` sold another one; `county` is the county's own mini-program."""

    cast: object
    line: OrderLine
    consumer: Consumer
    platform: Api
    rival: Api
    county: Api
    villager: Api
    stranger: Api
    platform_user: object

    def claim(self, **fields) -> Claim:
        return make_claim(
            self.line.station,
            filed_by=fields.pop("filed_by", self.cast.agent),
            line=fields.pop("line", self.line),
            consumer=fields.pop("consumer", self.consumer),
            **fields,
        )


def program(party: Party, *, region: str = XIUWEN, scopes=EVERY_SCOPE, **headers: str) -> Api:
    return Api(make_token(make_client(party, region=region), scopes)[1], **headers)


@pytest.fixture
def world(cast) -> World:
    consumer = make_consumer(cast.guangcheng, phone=PHONE)
    make_consumer(cast.guangcheng, name="李四", phone=OTHER_PHONE)
    line = make_line(cast.guangcheng, consumer=consumer, number="SO-1", sku="P-20")
    sold_by = make_client(make_party("platform"), region=XIUWEN)
    _token, secret = make_token(sold_by)
    rival = make_client(make_party("platform", "另一平台"), region=XIUWEN)
    county = make_client(make_party("partner", "县商务局"), region=XIUWEN)
    county_token, county_secret = make_token(county)
    return World(
        cast=cast,
        line=line,
        consumer=consumer,
        platform=Api(secret),
        rival=Api(make_token(rival)[1]),
        county=Api(county_secret),
        villager=Api(make_session(county_token, PHONE)),
        stranger=Api(make_session(county_token, OTHER_PHONE)),
        platform_user=sold_by.user,
    )
